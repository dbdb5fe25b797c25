"""Building documents from rows: no database, only the file and the mapping."""
