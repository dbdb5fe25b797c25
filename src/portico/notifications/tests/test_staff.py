"""Olive and Sam each hear as they chose, read for themselves, and get their digest once a morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portico.access.actors import Role, StaffActor
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ForbiddenError, InvalidError
from portico.notifications.actions import tell_staff
from portico.notifications.digest import write_digests
from portico.notifications.events import StaffGroup, group_of
from portico.notifications.models import Mail, Notice, Notification
from portico.notifications.staff import (
    Hears,
    mark_all_read,
    mark_read,
    set_staff_choices,
    staff_choices,
    unread_count,
)
from portico.organisations.models import Preferences, StaffMember
from portico.testing.clients import signed_in
from portico.testing.people import World, make_staff, make_world

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def _sam(world: World) -> StaffActor:
    with scope(world.job):
        return make_staff(world.organisation, "Sam", Role.SALES, world.tag)


def _happens(
    world: World, event: str = "invoice_viewed", title: str = "Maya opened INV-1"
) -> Notification | None:
    with scope(world.maya):
        tell_staff(world.maya, event, title, customer=world.greenleaf)
    with scope(world.job):
        return Notification.objects.filter(title=title).first()


def _mailed(world: World, actor: StaffActor) -> list[str]:
    address = world.email(actor.name.lower(), "northwind")
    with scope(world.job):
        return list(Mail.objects.filter(to=address).order_by("created_at").values_list("subject", flat=True))


def _seen(actor: StaffActor) -> int:
    with scope(actor):
        return unread_count(actor)


def test_what_olive_has_read_is_still_new_to_sam(world: World) -> None:
    sam = _sam(world)
    first, _second = _happens(world), _happens(world, title="Maya opened INV-2")
    assert first is not None
    mark_read(actor=world.olive, notification=first)
    assert (_seen(world.olive), _seen(sam)) == (1, 2)
    assert mark_all_read(actor=sam) == 2
    assert (_seen(world.olive), _seen(sam)) == (1, 0)


@pytest.mark.parametrize(
    ("hears", "in_app", "mails"),
    [
        (Hears.BOTH_NOW, 1, 1),
        (Hears.BOTH_DAILY, 1, 0),
        (Hears.IN_APP, 1, 0),
        (Hears.MAIL_NOW, 0, 1),
        (Hears.MAIL_DAILY, 0, 0),
        (Hears.NOTHING, 0, 0),
    ],
)
def test_sam_hears_as_he_chose_and_olive_as_before(
    world: World, hears: Hears, in_app: int, mails: int
) -> None:
    sam = _sam(world)
    set_staff_choices(actor=sam, hears={"views": hears})
    _happens(world)
    assert (_seen(sam), len(_mailed(world, sam))) == (in_app, mails)
    assert (_seen(world.olive), len(_mailed(world, world.olive))) == (1, 1)
    _happens(world, "payment_received", "Maya paid")
    assert "Maya paid" in _mailed(world, sam)
    with scope(sam):
        assert staff_choices(sam)[StaffGroup.VIEWS] is hears
        assert staff_choices(sam)[StaffGroup.PAYMENTS] is Hears.BOTH_NOW


@pytest.mark.parametrize("on", [True, False])
def test_preference_6_is_the_outer_limit(world: World, on: bool) -> None:
    with scope(world.olive):
        Preferences.objects.update(notify_staff_by_email=on, notify_staff_in_app=on)
    set_staff_choices(actor=world.olive, hears={"payments": Hears.BOTH_DAILY})
    _happens(world)
    _happens(world, "payment_received", "Maya paid")
    assert _seen(world.olive) == (2 if on else 0)
    assert len(_mailed(world, world.olive)) == (1 if on else 0)
    with scope(world.job):
        assert Notice.objects.filter(in_digest=True).count() == (1 if on else 0)


def test_the_digest_comes_once_a_morning_with_what_happened_since(world: World) -> None:
    set_staff_choices(actor=world.olive, hears={"views": Hears.MAIL_DAILY, "comments": Hears.BOTH_DAILY})
    with clock.held_at(NOON):
        _happens(world)
        _happens(world, "comment", "Maya commented")
    with clock.held_at(NOON + timedelta(hours=6)):
        assert write_digests(world.job) == 0  # this morning is over, the next has not come
    with clock.held_at(NOON + timedelta(hours=19, minutes=59)):
        assert write_digests(world.job) == 0
    with clock.held_at(NOON + timedelta(hours=22)):  # two hours late, after a stop
        assert write_digests(world.job) == 1
        assert write_digests(world.job) == 0
        _happens(world, title="Maya opened INV-2")
        assert write_digests(world.job) == 0
    with clock.held_at(NOON + timedelta(hours=44)):
        assert write_digests(world.job) == 1
    with clock.held_at(NOON + timedelta(hours=68)):
        assert write_digests(world.job) == 0  # nothing happened
    with scope(world.job):
        first, second = Mail.objects.filter(key__startswith="digest:").order_by("created_at")
    assert first.subject == "2 things happened in the portal of Northwind Traders"
    assert "Maya opened INV-1" in first.text
    assert "Maya commented" in first.text
    assert second.subject == "1 thing happened in the portal of Northwind Traders"
    assert "INV-2" in second.text


def test_the_morning_is_the_organisations_own() -> None:
    world = make_world(time_zone="America/Los_Angeles")
    set_staff_choices(actor=world.olive, hears={"views": Hears.MAIL_DAILY})
    with clock.held_at(NOON):
        _happens(world)
    with clock.held_at(datetime(2026, 6, 15, 14, 59, tzinfo=UTC)):
        assert write_digests(world.job) == 0
    with clock.held_at(datetime(2026, 6, 15, 15, 0, tzinfo=UTC)):
        assert write_digests(world.job) == 1


def test_who_left_or_wants_no_mail_gets_no_digest(world: World) -> None:
    set_staff_choices(actor=world.olive, hears={"views": Hears.MAIL_DAILY})
    with clock.held_at(NOON):
        _happens(world)
    with scope(world.job):
        StaffMember.objects.update(wants_email=False)
    with clock.held_at(NOON + timedelta(days=1)):
        assert write_digests(world.job) == 0


def test_events_belong_to_groups_by_their_names() -> None:
    expected = {
        "invoice_viewed": "views",
        "payment_received": "payments",
        "payment_failed": "failures",
        "payment_mismatch": "failures",
        "profile_changed": "profile",
        "contacts_changed": "profile",
        "file_uploaded": "files",
        "invitation_accepted": "people",
        "signed_up": "people",
        "erasure_requested": "erasure",
        "document_forwarded": "sharing",
        "review": "reviews",
        "comment": "comments",
        "mail_failed": "mail",
        "comet": "other",
    }
    assert {event: group_of(event).value for event in expected} == expected


def test_nonsense_is_refused_and_customers_choose_elsewhere(world: World) -> None:
    with pytest.raises(InvalidError):
        set_staff_choices(actor=world.olive, hears={"views": "loudly"})
    with pytest.raises(ForbiddenError):
        set_staff_choices(actor=world.maya, hears={"views": "nothing"})


def test_the_office_shows_each_their_own_list_and_lets_them_mark_it(world: World) -> None:
    sam = _sam(world)
    first = _happens(world)
    _happens(world, "payment_received", "Maya paid INV-1")
    assert first is not None
    olive, other = signed_in(world.olive), signed_in(sam)
    listing = reverse("admin:notifications_notification_changelist")

    def shown(client: Client, query: str = "") -> str:
        return client.get(listing + query).content.decode()

    assert "Mark all 2 as read" in shown(olive)
    assert "Maya paid INV-1" not in shown(olive, "?about=views")
    assert "Maya opened INV-1" in shown(olive, "?about=views")
    olive.post(reverse("admin:read_notification", args=[first.pk]))
    assert "Maya opened INV-1" not in shown(olive, "?read=no")
    assert "Maya opened INV-1" in shown(olive, "?read=yes")
    olive.post(reverse("admin:read_all_notifications"))
    assert "Mark " not in shown(olive).replace("Mark as", "Mark ")
    assert "Mark all 2 as read" in shown(other)
    other.get(reverse("admin:open_notification", args=[first.pk]), headers={"Sec-Purpose": "prefetch"})
    assert _seen(sam) == 2
    other.get(reverse("admin:open_notification", args=[first.pk]))
    assert _seen(sam) == 1


def test_olive_chooses_on_her_page(world: World) -> None:
    olive = signed_in(world.olive)
    page = reverse("admin:my-notifications")
    assert "A document is opened for the first time" in olive.get(page).content.decode()
    wanted = {group.value: Hears.BOTH_NOW.value for group in StaffGroup} | {"views": Hears.NOTHING.value}
    assert olive.post(page, wanted).status_code == 302
    with scope(world.olive):
        assert staff_choices(world.olive)[StaffGroup.VIEWS] is Hears.NOTHING
    assert olive.post(page, wanted | {"views": "loudly"}).status_code == 422
