"""Disputes (chargebacks): a customer asks the bank for money back; the bank decides, and we keep the books."""
