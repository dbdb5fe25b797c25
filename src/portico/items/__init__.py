"""What the organisation sells."""
