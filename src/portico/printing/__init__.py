"""Papers: what a document, a receipt or a statement says, and how it becomes a PDF."""
