"""Where somebody pays: in the portal or through a public link. The pages are the same, their addresses are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict

from portico.kit.errors import NotFoundError
from portico.payments.models import PaymentAttempt
from portico.payments.paying import Choice


def _nowhere(_use_id: UUID) -> str:
    """Credit is used in the portal alone."""
    raise NotFoundError


@dataclass(frozen=True, kw_only=True)
class Place:
    """The addresses and the frame of the pages of paying; addresses are from the root, without the host.

    Args:
        frame: the template that the pages extend.
        pay: where the form is, and is sent to.
        summary: where the sum for what is typed is asked.
        back: where to go when there is nothing to pay.
        back_words: what leads there.
        crumbs: the way to the page of paying, as `ui.breadcrumb` takes it.
        choose: where other documents can be chosen; empty where they cannot.
        attempt: the page of an attempt.
        cancel: where an attempt is called off.
        again: where what an attempt was for can be paid again.
        receipt: the receipt of a payment.
        choice: what is to be paid, from what the address or the form says.
        fields: the page in which a gateway's script makes its fields, of an account and a kind.
        render: a template as an answer, with its context and status; works in a scope and outside of one.
        by_credit: what was paid by credit alone; nowhere but in the portal.
        link_id: of the public link; None in the portal.
    """

    frame: str
    pay: str
    summary: str
    back: str
    back_words: str
    crumbs: tuple[tuple[str, str | None], ...]
    choose: str
    attempt: Callable[[UUID], str]
    cancel: Callable[[UUID], str]
    again: Callable[[PaymentAttempt], str]
    receipt: Callable[[UUID], str]
    choice: Callable[[QueryDict], Choice]
    fields: Callable[[UUID, str], str]
    render: Callable[[HttpRequest, str, Mapping[str, Any], int], HttpResponse]
    by_credit: Callable[[UUID], str] = _nowhere
    link_id: UUID | None = None
