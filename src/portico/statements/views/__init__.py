"""The pages and files of statements of account."""
