"""PayPal: the customer agrees on PayPal's own site, and the order is captured when they have."""
