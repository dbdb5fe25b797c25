"""Writing built documents: a batch in one transaction."""
