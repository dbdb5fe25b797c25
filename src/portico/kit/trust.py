"""The certificates by which others are known, read once for the process: reading them takes longer than most calls."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """For `verify=` of httpx; made anew for each call, it was a quarter of all work of a payment."""
    return httpx.create_ssl_context()
