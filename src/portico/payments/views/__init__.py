"""Pages of paying and of payments made."""
