"""A customer's own details and people, as its contact persons see and change them."""
