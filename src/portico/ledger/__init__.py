"""The ledger: it only grows, every entry balances, and the sums are kept by the database itself."""
