"""What happens to disputes: every write, by verb."""
