"""A real SMTP server that keeps what it is given, so that tests read the e-mails people would."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.controller import Controller

from portico.testing.ports import free_port

STARTS_WITHIN: Final = 60.0
"""Seconds that an SMTP server may take to answer, on a machine that is busy with other tests."""


@dataclass
class Mailbox:
    """Every e-mail that arrived, in order."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """What PORTICO_MAIL_URL is to be."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """The e-mails that went to this address."""
        with self._arrived:
            return [each for each in self.messages if address.lower() in str(each["To"]).lower()]

    def wait_for(self, address: str, count: int = 1, seconds: float = 60) -> EmailMessage:
        """The newest e-mail to this address, once there are so many; AssertionError when they do not come."""
        until = time.monotonic() + seconds
        with self._arrived:
            while len(found := self.to(address)) < count:
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{len(found)} of {count} e-mails to {address} came in {seconds} s")
                self._arrived.wait(left)
            return found[-1]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take an e-mail in."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 Taken"


def text_of(message: EmailMessage) -> str:
    """The plain text of an e-mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def links_in(message: EmailMessage) -> list[str]:
    """The addresses of pages that an e-mail names, in order."""
    return re.findall(r"https?://[^\s<>\"]+", text_of(message))


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """An SMTP server on an ephemeral port of 127.0.0.1."""
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=STARTS_WITHIN)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
