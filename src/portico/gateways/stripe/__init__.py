"""Stripe: cards with 3-D Secure, ACH and SEPA debits, by the Payment Element and confirmation tokens."""
