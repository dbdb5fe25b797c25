"""What happens to payments: every write, by verb."""
