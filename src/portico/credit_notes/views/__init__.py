"""The pages of credit notes."""
