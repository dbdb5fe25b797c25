"""The conversation between contact persons and staff beside a document, and private reviews."""
