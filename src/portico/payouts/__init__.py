"""What gateways pay out to the organisation's bank, and what they have that we have not."""
