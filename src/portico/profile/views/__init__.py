"""Pages of the profile: one's own, the customer's, its people's."""
