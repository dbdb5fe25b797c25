"""Where a host name leads."""

from __future__ import annotations

import socket


def addresses(host: str) -> frozenset[str]:
    """The IP addresses of a host name, as this machine resolves it; none when it leads nowhere."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(each[4][0]) for each in found)
