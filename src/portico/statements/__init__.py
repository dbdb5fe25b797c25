"""Statements of account: the postings on what a customer owes, over a period."""
