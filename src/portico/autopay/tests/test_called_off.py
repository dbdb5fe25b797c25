"""A debit that autopay has begun and that is called off while it is on its way: nobody makes it again by itself."""

from __future__ import annotations

from dataclasses import replace

from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges, start_autopay
from portico.autopay.models import AutopayCharge
from portico.kit.ids import new_id
from portico.notifications.models import Mail
from portico.payments.actions.moves import move
from portico.payments.actions.settle import settle
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.gateway import Observed, Seen
from portico.payments.models import AttemptState, PaymentAttempt
from portico.payments.tests.gone_back import open_counter
from portico.payments.tests.making import saved_card
from portico.testing.people import World


def test_a_debit_that_is_called_off_on_its_way_is_not_made_again_by_itself(world: World) -> None:
    counter = open_counter(world)
    card = saved_card(world.maya, counter.account)
    start_autopay(actor=world.maya, method_id=card.pk, maximum=None, agreement="I allow it.")
    invoice = counter.books.invoice("60")
    assert plan_charges(actor=world.job) == 1
    line = PayLine(invoice.pk, counter.books.money("60"))
    debit = start_payment(
        actor=world.maya, submission_key=new_id(), gateway_account_id=counter.account.pk, lines=[line]
    )
    with scope(world.job):  # the charge has begun
        PaymentAttempt.objects.filter(pk=debit.pk).update(gateway_reference="pay_1")
        debit.refresh_from_db()
        move(debit, AttemptState.SUBMITTED, via="page")
        AutopayCharge.objects.update(state="charging", attempt=debit, tries=1)
    seen = Observed(
        reference="pay_1", intent_id=debit.pk, state=Seen.PROCESSING, amount=debit.amount, mode="bank_debit",
        method_label="Sandbox Bank ending 6789",
    )  # fmt: skip
    organisation_id = world.organisation.pk
    settle(organisation_id=organisation_id, attempt_id=debit.pk, observed=seen, via="page")
    gone = replace(seen, state=Seen.CANCELLED)
    settle(organisation_id=organisation_id, attempt_id=debit.pk, observed=gone, via="event")
    assert charge_due(organisation_id=organisation_id) == 0
    with scope(world.job):
        assert AutopayCharge.objects.get().state == "failed"
        assert Mail.objects.filter(to=world.email("maya"), subject__contains="failed").count() == 1
