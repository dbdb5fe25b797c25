"""Files that the organisation and its customers share with each other."""
