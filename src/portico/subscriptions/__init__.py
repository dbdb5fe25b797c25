"""Subscriptions of customers, and the billing systems they come from."""
