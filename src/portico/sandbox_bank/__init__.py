"""A payment provider for demonstrations and tests: its own process, its own origin, its own store."""
