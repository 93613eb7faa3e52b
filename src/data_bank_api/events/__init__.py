"""What happens to jobs: kept for a while, published, and followed."""
