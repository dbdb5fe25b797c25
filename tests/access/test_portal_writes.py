"""What customers write where money moves: whatever SQL runs in Maya's scope, it pays nothing and takes nothing over."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.access.tenancy import Owned
from portico.access.walls import owned_models
from portico.autopay.actions import plan_charges, start_autopay
from portico.kit.ids import new_id
from portico.payments.actions.start import PayLine
from portico.payments.tests.making import card_account, saved_card, start
from portico.testing.books import A_DAY, Books
from portico.testing.people import World, make_contact, make_world
from portico.transfers.actions import Said, report_transfer, set_way
from tests.access.rows import Place, insert, row, stage, table

REFUSED = "42501"
LIMITED = [model for model in owned_models() if model.portal_writes is not None]
HERE = Place(new_id(), new_id())


def _copied(name: str, **changed: str) -> str:
    """A statement that adds a row like one that is there."""
    given = {"id": "gen_random_uuid()", **changed}
    built = ", ".join(f"'{column}', {value}" for column, value in given.items())
    return (
        f"INSERT INTO {name} SELECT (jsonb_populate_record(r, jsonb_build_object({built}))).*"
        f" FROM {name} AS r LIMIT 1"
    )


FORGED = {
    "an attempt that succeeded": "UPDATE payments_paymentattempt SET state = 'succeeded'",
    "a smaller sum": "UPDATE payments_paymentattempt SET amount = 1",
    "a new attempt that succeeded": _copied(
        "payments_paymentattempt", submission_key="gen_random_uuid()", state="'succeeded'"
    ),
    "a colleague's attempt": _copied(
        "payments_paymentattempt", submission_key="gen_random_uuid()", contact_person_id="'{nora}'"
    ),
    "a colleague's card": _copied(
        "payments_paymentattempt", submission_key="gen_random_uuid()", saved_method_id="'{card}'"
    ),
    "a payment": _copied("payments_payment", number="'PMT-FORGED'", attempt_id="null"),
    "a larger payment": "UPDATE payments_payment SET amount = amount + 50, unused = unused + 50",
    "another allocation": "UPDATE payments_allocation SET amount = amount + 1",
    "a card of somebody else's": "UPDATE payments_savedmethod SET gateway_reference = 'pm_of_another'",
    "a new card": _copied("payments_savedmethod", gateway_reference="'pm_of_another'", is_default="false"),
    "a transfer that has come": "UPDATE transfers_transfernotice SET state = 'confirmed',"
    " decided_at = now(), payment_id = (SELECT id FROM payments_payment LIMIT 1)",
    "a transfer that was confirmed": "UPDATE transfers_transfernotice SET state = 'rejected', reason = 'x',"
    " decided_at = now()",
    "a larger transfer": "UPDATE transfers_transfernotice SET amount = amount + 1",
    "no maximum any more": "UPDATE autopay_autopay SET maximum = 0, stopped_at = now(), stopped_because = 'person'",
    "autopay that runs again": "UPDATE autopay_autopay SET stopped_at = NULL, stopped_because = ''",
    "a colleague's autopay": _copied(
        "autopay_autopay", contact_person_id="'{nora}'", saved_method_id="'{card}'", stopped_at="null"
    ),
    "a larger charge": "UPDATE autopay_autopaycharge SET amount = amount + 1",
    "a charge that is paid": "UPDATE autopay_autopaycharge SET state = 'paid'",
}


@pytest.fixture(scope="module")
def maya() -> tuple[ContactActor, dict[str, UUID]]:
    """Maya, with something of everything at Greenleaf, and a colleague's card."""
    return _stock(make_world())


@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED.keys())
def test_maya_forges_nothing_by_whatever_sql(
    maya: tuple[ContactActor, dict[str, UUID]], statement: str
) -> None:
    actor, about = maya
    changed, refused = 0, ""
    try:
        with scope(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(**about))
            changed = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        refused = getattr(error.__cause__, "sqlstate", "") or str(error)
    assert (changed, refused or REFUSED) == (0, REFUSED)


@pytest.mark.parametrize("model", LIMITED, ids=lambda model: model._meta.label)
def test_what_a_model_does_not_name_is_not_written(model: type[Owned]) -> None:
    writes = model.portal_writes
    assert writes is not None
    with stage(model) as on:
        on.add(model, HERE)
        with on.as_app(HERE.organisation, HERE.customer):
            assert on.touched(sql.SQL("DELETE FROM {}").format(table(model))) == 0
            if not writes.changes:
                assert on.touched(sql.SQL("UPDATE {} SET id = id").format(table(model))) == 0
            if not writes.adds:
                assert on.refusal(insert(model, row(model, HERE))) == REFUSED


def _stock(world: World) -> tuple[ContactActor, dict[str, UUID]]:
    with scope(world.job):
        nora = make_contact(
            world.greenleaf, "Nora", world.maya.permissions, tag=world.tag, company="greenleaf"
        )
    account, books = card_account(world), Books(world.olive, world.greenleaf)
    set_way(actor=world.olive, mode="bank_transfer", instructions="IBAN", is_offered=True)
    start(world.maya, account, (books.invoice("60"), "60"))
    card, other = saved_card(world.maya, account), saved_card(nora, account)
    books.pay("30", (books.invoice("20"), "20"))
    start_autopay(actor=world.maya, method_id=card.pk, maximum=books.money("50"), agreement="Yes.")
    books.invoice("40")
    assert plan_charges(actor=world.job)
    told = books.invoice("70")
    report_transfer(
        actor=world.maya,
        submission_key=new_id(),
        lines=[PayLine(told.pk, told.balance)],
        said=Said("bank_transfer", A_DAY),
    )
    return world.maya, {"nora": nora.person_id, "card": other.pk}
