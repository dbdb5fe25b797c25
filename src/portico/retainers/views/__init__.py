"""The pages of retainer invoices."""
