"""Who of a customer's people is written to, in which language, and what they chose."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import get_language

from portico.access.actors import Permission
from portico.access.models import AuditRecord, User
from portico.access.scope import scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.notifications.customers import Letter, choices_of, mail_contacts, portal_url, set_choices
from portico.notifications.events import CustomerEvent
from portico.notifications.models import Mail
from portico.organisations.models import Organisation
from portico.testing.people import World, make_contact, make_world


def _letter(person: ContactPerson) -> Letter:
    return Letter(
        f"For {person.first_name}", f"In {get_language()}.\n\nIn {timezone.get_current_timezone()}."
    )


def _told(world: World, event: str = "comment", **more: object) -> set[str]:
    """Tell Greenleaf of something; returns the first names of those who are written to."""
    with scope(world.job):
        before = set(Mail.objects.values_list("pk", flat=True))
        count = mail_contacts(world.job, event, event, _letter, customer=world.greenleaf, **more)  # type: ignore[arg-type]
        new = set(Mail.objects.exclude(pk__in=before).values_list("subject", flat=True))
    assert count == len(new)
    return {subject.removeprefix("For ") for subject in new}


def test_who_may_not_see_billing_is_not_written_to_about_it(world: World) -> None:
    assert _told(world) == {"Maya"}


def test_what_asks_for_nothing_goes_to_all_of_greenleaf_and_to_nobody_of_harbourview(world: World) -> None:
    assert _told(world, asks=None) == {"Maya", "Leo"}


def test_whoever_caused_it_is_left_out(world: World) -> None:
    assert _told(world, asks=None, skip=world.maya.person_id) == {"Leo"}


def test_only_those_who_were_named_are_written_to(world: World) -> None:
    assert _told(world, asks=None, only=[world.leo.person_id]) == {"Leo"}
    assert _told(world, asks=Permission.VIEW_BILLING, only=[world.leo.person_id]) == set()


def test_the_same_is_written_once(world: World) -> None:
    assert _told(world) == {"Maya"}
    assert _told(world) == set()


def test_who_was_revoked_or_never_joined_is_not_written_to(world: World) -> None:
    with scope(world.job):
        ContactPerson.objects.filter(pk=world.leo.person_id).update(portal_state=PortalState.REVOKED)
        make_contact(world.greenleaf, "Tom", {Permission.VIEW_ORDERS}, tag=world.tag, company="greenleaf")
        ContactPerson.objects.filter(first_name="Tom").update(portal_state=PortalState.INVITED)
    assert _told(world, asks=None) == {"Maya"}


def test_a_customer_who_is_inactive_is_not_written_to(world: World) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(is_active=False)
    assert _told(world) == set()


def test_maya_can_tell_leo_without_seeing_the_outbox(world: World) -> None:
    with scope(world.maya):
        count = mail_contacts(
            world.maya,
            "comment",
            "k",
            _letter,
            customer=world.greenleaf,
            asks=None,
            skip=world.maya.person_id,
        )
        assert count == 1
        assert not Mail.objects.exists()


def test_a_letter_is_in_its_readers_language_else_the_customers_else_the_organisations() -> None:
    world = make_world(time_zone="Europe/Berlin")
    with scope(world.job):
        Organisation.objects.update(language="es")
        Customer.objects.filter(pk=world.greenleaf.pk).update(portal_language="tlh")  # nobody here speaks it
        User.objects.filter(pk=world.maya.user_id).update(language="de-AT")
    _told(world, asks=None)
    with scope(world.job):
        said = {each.subject: (each.language, each.text) for each in Mail.objects.all()}
    assert said == {
        "For Maya": ("de", "In de.\n\nIn Europe/Berlin."),
        "For Leo": ("es", "In es.\n\nIn Europe/Berlin."),
    }
    assert get_language() == "en"


def test_maya_switches_comments_off_and_hears_of_the_rest(world: World) -> None:
    assert choices_of(world.maya) == dict.fromkeys(CustomerEvent, True)
    now = set_choices(world.maya, {"comment": False})
    assert now[CustomerEvent.COMMENT] is False
    assert now[CustomerEvent.REMINDER] is True
    assert _told(world, "comment") == set()
    assert _told(world, "reminder") == {"Maya"}
    assert choices_of(world.leo)[CustomerEvent.COMMENT] is True
    set_choices(world.maya, {"comment": True})
    assert _told(world, "comment") == {"Maya"}
    with scope(world.job):
        changes = (
            AuditRecord.objects.filter(action="choose_mails").order_by("at").values_list("changes", flat=True)
        )
        assert list(changes) == [{"comment": [True, False]}, {"comment": [False, True]}]


def test_mails_about_ones_access_cannot_be_switched_off(world: World) -> None:
    with pytest.raises(InvalidError) as caught:
        set_choices(world.maya, {"comment": False, "account": False})
    assert caught.value.field == "account"
    assert choices_of(world.maya)[CustomerEvent.COMMENT] is True  # all of it or nothing
    assert choices_of(world.maya)[CustomerEvent.ACCOUNT] is True


def test_an_event_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(InvalidError):
        set_choices(world.maya, {"lottery": True})


@override_settings(PUBLIC_URL="https://portal.example")
def test_links_lead_to_the_organisations_own_domain_where_there_is_one(world: World) -> None:
    assert portal_url(world.organisation, "/invoices/") == "https://portal.example/invoices/"
    world.organisation.own_domain = "pay.northwind.example"
    assert "pay.northwind.example" not in portal_url(
        world.organisation, "/invoices/"
    )  # nobody saw it lead here
    world.organisation.own_domain_checked_at = clock.now()
    assert portal_url(world.organisation, "/invoices/") == "https://pay.northwind.example/invoices/"
