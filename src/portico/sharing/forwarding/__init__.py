"""Sending a document on to further people, who become contact persons."""
