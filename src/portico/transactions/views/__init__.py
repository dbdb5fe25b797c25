"""Pages that every list of documents shares: its views, its files."""
