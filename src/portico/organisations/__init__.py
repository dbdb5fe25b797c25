"""The businesses whose portal this is: their name and looks, their preferences, their staff."""
