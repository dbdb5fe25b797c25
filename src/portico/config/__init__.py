"""Settings, addresses and the `portico` command."""
