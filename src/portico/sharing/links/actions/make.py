"""Making a public link to one document, sending it, and ending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, Permission, require_office
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.actions import send_mail
from portico.notifications.customers import portal_url
from portico.organisations import checks
from portico.organisations.models import Organisation, Preferences
from portico.sharing.links.models import PublicLink
from portico.sharing.links.opening import PAYABLE
from portico.sharing.links.tokens import hash_of, new_token
from portico.transactions.history import note
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_long

DAYS: Final = 30
"""How long a link works where nothing else is said."""
MOST_DAYS: Final = 365
MOST_A_DAY: Final = 100
"""Links that one contact person can make within 24 hours; each may be an e-mail to whatever address they type."""


def make_link(
    actor: Actor, kind: str, document_id: UUID, email: str, *, days: int = DAYS, may_pay: bool = True
) -> str:
    """Make a public link to one issued document, for one e-mail address; returns its address, which is said only once.

    Works inside a scope of the actor's and by itself.

    Args:
        actor: staff who write documents, a contact person who may see this one, or a job.
        kind: of the document, a DocumentKind.
        document_id: which.
        email: whom it is for; where preference 14 is on, it opens only for who reads that address's mail.
        days: how long it works, 1 to 365.
        may_pay: whether whoever opens it may pay; a contact person gives away only what they may do themselves.

    Raises:
        NotFoundError: there is no such document for the actor.
        ForbiddenError: the actor may not share it.
        ConflictError: it is a draft; or a contact person has made very many today.
        InvalidError: the address, or the number of days; `field` is “email” or “days”.
    """
    found = kind_of(kind)
    with scope(actor):
        _require_sharing(actor, found)
        row = found.one(actor, document_id)
        if getattr(row, "status", "") == "draft":
            raise ConflictError(_("A draft cannot be shared. Issue it first."))
        address = checks.email(email.strip(), "email")
        if not address:
            raise InvalidError(_("Enter the e-mail address it is for."), field="email")
        if not 1 <= days <= MOST_DAYS:
            raise InvalidError(_("A link works for 1 to %(most)s days.") % {"most": MOST_DAYS}, field="days")
        if isinstance(actor, ContactActor):
            _refuse_too_many(actor)
        token = new_token()
        link = _keep(actor, row, found, address, token=token, days=days, may_pay=may_pay and kind in PAYABLE)
        note(actor, row, found.kind, "shared_by_link", {"to": address})
        audit.record(
            actor,
            "make_link",
            link,
            f"{row.number} to {address} until {link.expires_at:%Y-%m-%d}",
            {"may_pay": link.may_pay},
        )
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        return portal_url(organisation, reverse("link", args=[token]))


def send_link(
    actor: Actor, kind: str, document_id: UUID, email: str, *, days: int = DAYS, may_pay: bool = True
) -> str:
    """Make a link and put an e-mail with it into the outbox; returns the link's address. Takes and raises as `make_link`."""
    found = kind_of(kind)
    with scope(actor):
        url = make_link(actor, kind, document_id, email, days=days, may_pay=may_pay)
        row = found.one(actor, document_id)
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=row.customer_id)
        language = customer.portal_language or customer.organisation.language
        with translation.override(language):
            given = {
                "sender": customer.organisation.name,
                "who": actor.name if isinstance(actor, ContactActor) else customer.organisation.name,
                "kind": str(found.name),
                "number": row.number,
                "until": date_long(clock.today(customer.organisation.time_zone) + timedelta(days=days)),
            }
            subject = _("%(kind)s %(number)s from %(sender)s") % given
            text = "\n\n".join(
                [
                    _("%(who)s shares %(kind)s %(number)s of %(sender)s with you.") % given,
                    f"{_('See it')}: {url}",
                    _("The link works until %(until)s. Do not pass it on: it is meant for you.") % given,
                ]
            )
        key = f"link/{hash_of(url)[:32]}"
        send_mail(actor.organisation_id, key, email.strip(), subject, text, language=language)
    return url


def revoke_link(*, actor: Actor, link: PublicLink) -> PublicLink:
    """End a link at once; ending it again changes nothing.

    Raises:
        NotFoundError: it is not the actor's to see.
        ForbiddenError: the actor may not share its document.
    """
    with scope(actor):
        fresh = PublicLink.objects.select_for_update(no_key=True).one_for(actor, pk=link.pk)
        kind = kind_of(fresh.document_kind)
        _require_sharing(actor, kind, ends=True)
        row = kind.one(actor, fresh.document_id)
        if fresh.revoked_at is None:
            fresh.revoked_at = clock.now()
            fresh.save(update_fields=["revoked_at"])
            note(actor, row, DocumentKind(fresh.document_kind), "link_ended", {"to": fresh.email})
            audit.record(actor, "revoke_link", fresh, f"{row.number} to {fresh.email}")
        return fresh


def _require_sharing(actor: Actor, kind: Kind, *, ends: bool = False) -> None:
    """Staff write documents; a contact person shares where customers may forward (preference 9)."""
    if not isinstance(actor, ContactActor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        return
    preferences = Preferences.objects.visible_to(actor).get()
    if not kind.is_shown(preferences) or not (ends or preferences.customers_may_forward):
        raise ForbiddenError(_("Documents are not shared by link here."))


def _refuse_too_many(actor: ContactActor) -> None:
    since = clock.now() - timedelta(days=1)
    made = PublicLink.objects.visible_to(actor).filter(made_by_id=actor.person_id, created_at__gt=since)
    if made.count() >= MOST_A_DAY:
        raise ConflictError(
            _("You have made very many links today. Please try again tomorrow."), field="email"
        )


def _keep(
    actor: Actor, row: Any, kind: Kind, email: str, *, token: str, days: int, may_pay: bool
) -> PublicLink:
    if isinstance(actor, ContactActor):
        may_pay = may_pay and actor.may(Permission.PAY)
    now = clock.now()
    link = PublicLink(
        organisation_id=row.organisation_id,
        customer_id=row.customer_id,
        document_kind=kind.kind,
        document_id=row.pk,
        token_hash=hash_of(token),
        email=email,
        may_pay=may_pay,
        made_by_kind=audit.actor_kind(actor),
        made_by_id=audit.actor_id(actor),
        made_by_name=actor.name,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    link.save(force_insert=True)
    return link
