"""Reading customers, items and documents from files."""
