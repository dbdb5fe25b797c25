"""What the database itself shows, whatever the program asks for."""

from __future__ import annotations

import pytest
from django.db import connection

from portico.access.scope import ScopeError, refuse_open_scope, scope
from portico.customers.models import ContactPerson, Customer
from portico.testing.people import World


def test_maya_sees_only_greenleaf_whatever_is_asked(world: World) -> None:
    with scope(world.maya):
        assert [customer.display_name for customer in Customer.objects.all()] == ["Greenleaf Gardens Ltd"]
        assert {person.customer_id for person in ContactPerson.objects.all()} == {world.greenleaf.pk}


def test_without_a_scope_there_are_no_rows(world: World) -> None:
    assert not Customer.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_contactperson")
        assert cursor.fetchone() == (0,)


def test_a_scope_cannot_be_widened_from_inside(world: World) -> None:
    with scope(world.maya), pytest.raises(ScopeError), scope(world.olive):
        pass


def test_after_a_narrower_scope_the_wider_one_is_back(world: World) -> None:
    with scope(world.olive):
        with scope(world.maya):
            assert Customer.objects.count() == 1
        assert Customer.objects.count() == 2


def test_nothing_outside_is_called_inside_a_scope(world: World) -> None:
    refuse_open_scope()
    with scope(world.maya), pytest.raises(ScopeError):
        refuse_open_scope()
