"""The Hugging Face Hub: its repositories, and how they come into the bank."""
