"""What goes wrong while somebody pays: switches of the sandbox bank, and commits that the database cuts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection

from portico.testing.people import World

COMMIT_CUT: Final = "commit cut"
HELD: Final = "events held"
REORDERED: Final = "events reordered"
TWICE: Final = "events twice"
FORGED: Final = "events forged"
WRONG_AMOUNT: Final = "events with a wrong amount"
ABOUT_EVENTS: Final = frozenset(
    {HELD, REORDERED, TWICE, FORGED, WRONG_AMOUNT, "events with a wrong currency"}
)


def faults() -> Mapping[str, Mapping[str, Any]]:
    """The faults by name, with the bank's switches for each; those of the time depend on how long the gateway waits."""
    whole = settings.GATEWAY_TIMEOUT_SECONDS * 1000
    nearly, beyond = round(whole * 0.7), round(whole * 1.25)
    return {
        "request lost": {"drop_before": 1},
        "request lost twice": {"drop_before": 2},
        "error of the bank's": {"error_500": 1},
        "answer lost": {"drop_answer": 1},
        "answer lost twice": {"drop_answer": 2},
        "answer lost after charging": {"drop_answer_after_charge": 1},
        "answer to a refund lost": {"drop_answer": 1, "only": ["refunds.create"]},
        "asking in vain": {"drop_before": 2, "only": ["payments.get"]},
        "calling off in vain": {"drop_answer": 1, "only": ["payments.cancel"]},
        "nearly too slow": {"delay_ms": nearly, "only": ["payments.confirm"]},
        "too slow to begin": {"delay_ms": beyond, "only": ["payments.create"]},
        "charged after nobody waits": {"delay_ms": beyond, "only": ["payments.confirm"]},
        "charged, too slow to say so": {"delay_answer_ms": beyond, "only": ["payments.confirm"]},
        COMMIT_CUT: {},
        HELD: {"hold_events": True},
        REORDERED: {"reorder_events": True},
        TWICE: {"duplicate_events": 3},
        FORGED: {"wrong_signature_events": True},
        WRONG_AMOUNT: {"wrong_amount_events": True},
        "events with a wrong currency": {"wrong_currency_events": True},
    }


@contextmanager
def commits_can_be_cut(world: World) -> Iterator[None]:
    """Within it `cutting()` works for this world: a payment that is to be committed is refused by the database."""
    name = f"cuts_{world.tag}"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF current_setting('simulation.cuts', true) = 'yes' THEN"
            " RAISE EXCEPTION 'the connection was cut' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$"
        )
        owner.execute(f"DROP TRIGGER IF EXISTS {name} ON payments_payment")  # of a process that was killed
        owner.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON payments_payment DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW WHEN (NEW.organisation_id = '{world.organisation.pk}') EXECUTE FUNCTION {name}()"
        )
    try:
        yield
    finally:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute(f"DROP TRIGGER {name} ON payments_payment")
            owner.execute(f"DROP FUNCTION {name}()")


@contextmanager
def cutting() -> Iterator[None]:
    """Each payment that this thread's connection commits is refused, after everything else of it was done."""
    _set("yes")
    try:
        yield
    finally:
        _set("no")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('simulation.cuts', %s, false)", [value])
