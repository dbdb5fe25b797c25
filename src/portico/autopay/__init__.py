"""Autopay: invoices charged to a saved method when they fall due, told of before and after (S6.8)."""
