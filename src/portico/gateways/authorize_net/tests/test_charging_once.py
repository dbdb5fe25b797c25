"""Nothing is charged twice: lost answers, lists that lag, several at once, calling off meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.gateways.authorize_net import notes
from portico.gateways.authorize_net.api import Api
from portico.gateways.authorize_net.notes import LAG, Word
from portico.gateways.authorize_net.numbers import id_of, number_of, read_reference
from portico.gateways.authorize_net.tests.benches import AuthorizeNetBench
from portico.kit import clock
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    Owner,
    Saving,
    Seen,
    StoredMethod,
)
from portico.testing.gateway_contract import an_intent, pay
from portico.testing.together import together


def confirm(bench: AuthorizeNetBench, intent: Intent, token: str = "") -> Observed:
    reference = bench.gateway.start(bench.account, intent).reference
    return bench.gateway.confirm(bench.account, intent, reference, token)


def reference_of(bench: AuthorizeNetBench, intent: Intent) -> str:
    return bench.gateway.start(bench.account, intent).reference


def outcome(bench: AuthorizeNetBench, intent: Intent, token: str) -> str:
    """What one of several at once is told."""
    try:
        return confirm(bench, intent, token).state
    except (GatewayUnreachableError, GatewayRefusedError) as error:
        return type(error).__name__


def test_an_invoice_number_holds_the_whole_id() -> None:
    ids = [new_id() for _ in range(50)]
    assert [id_of(number_of(each)) for each in ids] == ids
    assert {len(number_of(each)) for each in ids} == {20}
    assert id_of("INV-0001") is None
    assert id_of("z" * 20) is None


def test_the_first_word_only_authorises_and_the_second_captures(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    assert confirm(bench, intent, bench.good_card()).state is Seen.READY
    assert bench.charged("USD") == 0
    assert confirm(bench, intent).state is Seen.SUCCEEDED
    assert confirm(bench, intent).state is Seen.SUCCEEDED
    assert bench.charged("USD") == 6000
    assert len(bench.merchant.transactions) == 1


def test_two_second_words_at_once_capture_once(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    confirm(bench, intent, bench.good_card())
    told = together(lambda: outcome(bench, intent, ""), lambda: outcome(bench, intent, ""))
    assert set(told) == {Seen.SUCCEEDED}
    assert bench.charged("USD") == 6000


def test_a_saved_bank_account_debited_by_two_at_once_is_debited_once(bench: AuthorizeNetBench) -> None:
    owner = Owner(new_id(), "Maya Chen", "maya@greenleaf.example")
    saving = Saving(new_id(), owner, MethodKind.BANK, "")
    saved = bench.gateway.save_method(bench.account, saving, bench.good_bank()).saved
    assert saved is not None
    method = StoredMethod(saved.reference, saved.owner_reference, saved.kind)
    intent = an_intent(kind=MethodKind.BANK, method=method, owner=owner)
    told = together(*[lambda: outcome(bench, intent, "")] * 3)
    assert Seen.PROCESSING in told
    assert set(told) <= {Seen.PROCESSING, "GatewayUnreachableError"}
    assert bench.charged("USD") == 6000
    assert len(bench.merchant.transactions) == 1


@pytest.mark.parametrize(
    "request_name", ["getUnsettledTransactionList", "createCustomerProfile", "createTransaction"]
)
def test_a_debit_whose_answer_is_lost_anywhere_is_sent_once_at_most(
    bench: AuthorizeNetBench, request_name: str
) -> None:
    intent = an_intent(kind=MethodKind.BANK)
    bench.merchant.lose.append(request_name)
    with pytest.raises(GatewayUnreachableError):
        confirm(bench, intent, bench.good_bank())
    outcome(bench, intent, bench.good_bank())
    outcome(bench, intent, bench.good_bank())
    assert len(bench.merchant.transactions) <= 1


def test_a_debit_that_the_lists_do_not_show_yet_is_not_sent_again_and_not_called_off(
    bench: AuthorizeNetBench,
) -> None:
    intent = an_intent(kind=MethodKind.BANK)
    reference = reference_of(bench, intent)
    bench.merchant.lagging = True
    bench.lose_next_answer()
    for _ in range(2):
        with pytest.raises(GatewayUnreachableError):
            confirm(bench, intent, bench.good_bank())
    with pytest.raises(GatewayUnreachableError):
        bench.gateway.fetch(bench.account, reference)
    with pytest.raises(GatewayUnreachableError):
        bench.gateway.cancel(bench.account, reference)
    assert len(bench.merchant.transactions) == 1
    bench.merchant.hidden.clear()
    assert bench.gateway.fetch(bench.account, reference).state is Seen.PROCESSING


def test_a_debit_that_was_never_sent_is_over_after_an_hour_and_not_before(bench: AuthorizeNetBench) -> None:
    intent = an_intent(kind=MethodKind.BANK)
    reference = reference_of(bench, intent)
    notes.decide(Api(bench.account), read_reference(reference).number, Word.SENT)  # and then its process died
    with pytest.raises(GatewayUnreachableError):
        bench.gateway.fetch(bench.account, reference)
    with clock.held_at(clock.now() + LAG + timedelta(minutes=1)):
        assert bench.gateway.fetch(bench.account, reference).state is Seen.CANCELLED
        assert confirm(bench, intent, bench.good_bank()).state is Seen.CANCELLED
    assert bench.merchant.transactions == {}


def test_a_debit_called_off_while_it_was_about_to_be_sent_is_not_sent(bench: AuthorizeNetBench) -> None:
    intent = an_intent(kind=MethodKind.BANK)
    reference = reference_of(bench, intent)
    told: list[Seen] = []
    bench.merchant.before["createCustomerProfile"] = lambda: told.append(
        bench.gateway.cancel(bench.account, reference).state
    )
    assert confirm(bench, intent, bench.good_bank()).state is Seen.CANCELLED
    assert told == [Seen.CANCELLED]
    assert bench.merchant.transactions == {}


def test_an_authorisation_that_the_lists_hid_while_it_was_called_off_is_never_captured(
    bench: AuthorizeNetBench,
) -> None:
    intent = an_intent()
    reference = reference_of(bench, intent)
    bench.merchant.lagging = True
    bench.lose_next_answer()
    with pytest.raises(GatewayUnreachableError):
        confirm(bench, intent, bench.good_card())
    assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
    bench.merchant.hidden.clear()
    assert bench.gateway.fetch(bench.account, reference).state is Seen.CANCELLED
    assert confirm(bench, intent).state is Seen.CANCELLED
    assert bench.charged("USD") == 0


def test_calling_off_what_is_authorised_lets_the_hold_go(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    confirm(bench, intent, bench.good_card())
    assert bench.gateway.cancel(bench.account, reference_of(bench, intent)).state is Seen.CANCELLED
    assert [each["transactionStatus"] for each in bench.merchant.transactions.values()] == ["voided"]
    assert confirm(bench, intent).state is Seen.CANCELLED


def test_called_off_between_looking_and_capturing_nobody_is_told_a_guess(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    confirm(bench, intent, bench.good_card())
    reference = reference_of(bench, intent)
    told: list[Seen] = []
    bench.merchant.before["createTransaction"] = lambda: told.append(
        bench.gateway.cancel(bench.account, reference).state
    )
    with pytest.raises(GatewayUnreachableError):
        confirm(bench, intent)
    assert bench.gateway.fetch(bench.account, reference).state is Seen.CANCELLED
    assert bench.charged("USD") == 0


def test_of_two_authorisations_one_is_captured_and_the_other_let_go(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    bench.merchant.lagging = True
    bench.lose_next_answer()
    with pytest.raises(GatewayUnreachableError):
        confirm(bench, intent, bench.good_card())
    confirm(bench, intent, bench.merchant.nonce(last4="4444"))  # typed in again, another card
    bench.merchant.lagging = False
    bench.merchant.hidden.clear()
    assert confirm(bench, intent).state is Seen.SUCCEEDED
    assert bench.charged("USD") == 6000
    states = sorted(each["transactionStatus"] for each in bench.merchant.transactions.values())
    assert states == ["capturedPendingSettlement", "voided"]


def test_the_same_card_and_invoice_again_is_refused_by_the_duplicate_window(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    bench.merchant.lagging = True
    bench.lose_next_answer()
    for _ in range(2):
        with pytest.raises(GatewayUnreachableError):
            confirm(bench, intent, bench.good_card())
    assert len(bench.merchant.transactions) == 1


def test_a_nonce_is_good_once(bench: AuthorizeNetBench) -> None:
    token = bench.good_card()
    confirm(bench, an_intent(), token)
    with pytest.raises(GatewayRefusedError):
        confirm(bench, an_intent(), token)


def test_a_refund_sent_by_two_at_once_or_without_an_answer_pays_once(bench: AuthorizeNetBench) -> None:
    intent = an_intent()
    seen = pay(bench, intent, bench.good_card())
    bench.merchant.settle()
    part, key = Money.of("20.00", "USD"), str(new_id())
    bench.merchant.lagging = True
    bench.lose_next_answer()
    for _ in range(2):
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.refund(bench.account, seen.reference, part, key)
    bench.merchant.hidden.clear()
    again = bench.gateway.refund(bench.account, seen.reference, part, key)
    assert (again.amount, again.key) == (part, key)
    assert len(bench.merchant.transactions) == 2
    assert bench.gateway.fetch(bench.account, seen.reference).refunds == (again,)
