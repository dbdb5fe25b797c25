"""What happens to payouts: every write, by verb."""
