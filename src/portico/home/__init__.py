"""Home: where a customer stands, on one page."""
