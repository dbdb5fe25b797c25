"""An e-mail address as a page may show it to whoever opened a link."""

from __future__ import annotations


def masked(email: str) -> str:
    """m***@greenleaf.example: enough for its owner to know the mailbox, too little for others to learn the address."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
