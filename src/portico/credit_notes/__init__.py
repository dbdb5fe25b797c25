"""Credit notes: what the organisation owes a customer."""
