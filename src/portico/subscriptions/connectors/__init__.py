"""Connectors to billing systems: each knows its system's API and nothing of ours but the feed's plain values."""
