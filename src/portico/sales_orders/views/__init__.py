"""The pages of sales orders."""
