"""Whatever happens, a statement adds up, and to what the ledger keeps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portico.access.scope import scope
from portico.kit.money import Money
from portico.ledger.models import Account, Balance
from portico.statements.queries import Statement, each_line, opening_balance, span_of, statement
from portico.statements.spans import Preset, Span
from portico.statements.tests.happenings import History
from portico.testing.books import Books
from portico.testing.people import World, make_world

CURRENCIES = ("USD", "JPY", "KWD")


def position(world: World, currency: str) -> Decimal:
    """Receivable less credit, from the kept balances."""
    with scope(world.maya, read_only=True):
        rows = Balance.objects.filter(currency=currency, account__in=[Account.RECEIVABLE, Account.CREDIT])
        return sum((row.amount.amount for row in rows), Decimal(0))


def assert_adds_up(made: Statement) -> None:
    """Opening, lines, summary and closing say the same."""
    zero = Money.zero(made.currency)
    balance, sums = made.opening, made.summary
    for line in made.lines:
        assert (line.charge is None) != (line.payment is None)
        balance += (line.charge or zero) + (line.payment or zero)
        assert line.balance == balance
        assert made.span.first <= line.day <= made.span.last
    assert [line.day for line in made.lines] == sorted(line.day for line in made.lines)
    if made.rest:
        balance += made.rest.charge + made.rest.payment
    assert balance == made.closing
    parts = (
        sums.brought_forward, sums.invoiced, sums.received, sums.credited, sums.refunded, sums.written_off,
    )  # fmt: skip
    for part in parts:
        balance -= part
    assert balance == made.opening


@given(seed=st.integers(0, 2**32), currency=st.sampled_from(CURRENCIES), cut=st.integers(0, 500))
# A smaller history is another history: there is nothing to shrink, and each try takes a second.
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_any_history_adds_up(seed: int, currency: str, cut: int) -> None:
    world = make_world(currency)
    history = History(Books(world.olive, world.greenleaf, currency), world.olive, Random(seed))
    history.happen(35)
    with scope(world.maya, read_only=True):
        everything = span_of(world.maya, currency, Preset.ALL, history.day)
        whole = statement(world.maya, currency, everything)
        assert_adds_up(whole)
        assert whole.opening == Money.zero(currency)
        assert whole.closing.amount == position(world, currency)
        middle = everything.first + timedelta(days=cut % max((everything.last - everything.first).days, 1))
        before = statement(world.maya, currency, Span(everything.first, middle))
        after = statement(
            world.maya, currency, Span(middle + timedelta(days=1), everything.last + timedelta(1))
        )
        assert_adds_up(before)
        assert_adds_up(after)
        assert before.closing == after.opening == opening_balance(world.maya, currency, after.span.first)
        assert after.closing == whole.closing
        assert len(before.lines) + len(after.lines) == len(whole.lines)
        short = statement(world.maya, currency, everything, limit=5)
        assert_adds_up(short)
        assert len(short.lines) + (short.rest.count if short.rest else 0) == len(whole.lines)
    opening, *lines = each_line(world.maya, currency, everything, at_once=4)
    assert opening == whole.opening
    assert tuple(lines) == whole.lines
