"""What is shared with others: files, forwarded documents, public links."""
