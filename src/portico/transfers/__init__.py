"""Paying by bank transfer, cheque or cash: instructions, what customers say they have sent, and staff's word on it (S6.9)."""
