"""What the service says of itself: its operations in words and types, as OpenAPI and as a page."""
