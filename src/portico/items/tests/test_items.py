"""Items are made and changed by staff who write documents."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from portico.access.actors import Role
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.items.actions import create_item, edit_item
from portico.items.models import Item
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.organisations.actions import add_tax_rate
from portico.testing.people import World, make_world


def test_olive_makes_an_item_and_changes_its_price(world: World) -> None:
    vat = add_tax_rate(actor=world.olive, name="VAT", percentage=Decimal(10))
    hose = create_item(
        actor=world.olive, name="Garden hose", sku="H-1", unit="m", rate=Decimal("1.234567"), tax_rate=vat
    )
    edit_item(actor=world.olive, item=hose, rate=Decimal("1.5"), tax_rate=None)
    with scope(world.olive):
        stored = Item.objects.get()
        record = AuditRecord.objects.get(action="edit_item")
    assert stored.rate == Decimal("1.5")
    assert stored.tax_rate is None
    assert record.changes["rate"] == ["1.234567", "1.5"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("rate", Decimal("-0.01")),
        ("rate", Decimal("0.1234567")),
        ("rate", Decimal("1e15")),
        ("rate", Decimal("NaN")),
        ("rate", "cheap"),
        ("sku", "x" * 81),
        ("is_active", "no"),
        ("colour", "red"),
    ],
)
def test_what_an_item_cannot_be_is_said_beside_its_field(world: World, field: str, value: object) -> None:
    with pytest.raises(InvalidError) as refused:
        create_item(actor=world.olive, **{"name": "Hose", field: value})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_sku_is_taken_once_in_an_organisation(world: World) -> None:
    create_item(actor=world.olive, name="Hose", sku="H-1")
    with pytest.raises(ConflictError) as refused:
        create_item(actor=world.olive, name="Other hose", sku="H-1")
    assert refused.value.field == "sku"
    create_item(actor=make_world().olive, name="Their hose", sku="H-1")


def test_a_tax_rate_of_another_organisation_is_no_choice(world: World) -> None:
    theirs = add_tax_rate(actor=make_world().olive, name="VAT", percentage=Decimal(10))
    with pytest.raises(InvalidError) as refused:
        create_item(actor=world.olive, name="Hose", tax_rate=theirs)
    assert refused.value.field == "tax_rate"


def test_readers_and_customers_write_no_items(world: World) -> None:
    hose = create_item(actor=world.olive, name="Hose")
    for actor in (world.maya, replace(world.olive, role=Role.READ_ONLY)):
        with pytest.raises(ForbiddenError):
            create_item(actor=actor, name="Hose")
        with pytest.raises(ForbiddenError):
            edit_item(actor=actor, item=hose, name="Mine")
    with pytest.raises(NotFoundError):
        edit_item(actor=make_world().olive, item=hose, name="Mine")
