"""Retainer invoices: money asked for in advance, set aside, and drawn on invoices."""
