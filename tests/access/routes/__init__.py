"""The lines of the access matrix that each app adds; one file for each, found by the matrix by itself."""
