"""Secure public links to one document."""
