"""Pages of conversations and reviews."""
