"""Payments: attempts at a gateway, what they became, and where the money went."""
