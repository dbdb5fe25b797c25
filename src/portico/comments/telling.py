"""Who hears of a comment, and how: the office's list, e-mails to contact persons, marks of what is unread."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor, Permission
from portico.comments.models import Comment, Unread
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.notifications.actions import tell_staff
from portico.notifications.customers import Letter, mail_contacts, portal_url
from portico.notifications.quoting import quoted
from portico.organisations.models import Organisation
from portico.transactions.kinds import Kind

EVENT: Final = "comment"

_HOLDS: Final[dict[Permission, str]] = {
    Permission.VIEW_ORDERS: "can_view_orders",
    Permission.VIEW_BILLING: "can_view_billing",
    Permission.PAY: "can_pay",
    Permission.MANAGE_PROFILE: "can_manage_profile",
}


def mark_unread(actor: Actor, comment: Comment, kind: Kind) -> None:
    """Mark a comment as new for each contact person who may see it, but its author; within a scope."""
    people = ContactPerson.objects.visible_to(actor).filter(
        customer_id=comment.customer_id, portal_state=PortalState.ACTIVE, **{_HOLDS[kind.asks]: True}
    )
    if isinstance(actor, ContactActor):
        people = people.exclude(pk=actor.person_id)
    Unread.objects.bulk_create(
        [
            Unread(
                organisation_id=comment.organisation_id,
                customer_id=comment.customer_id,
                contact_person_id=person,
                comment=comment,
                document_kind=comment.document_kind,
                document_id=comment.document_id,
            )
            for person in people.values_list("pk", flat=True)
        ]
    )


def tell_office(actor: ContactActor, comment: Comment, kind: Kind) -> None:
    """Tell staff that a contact person wrote; within a scope."""
    customer = Customer.objects.one_for(actor, pk=comment.customer_id)
    tell_staff(
        actor,
        EVENT,
        _("%(person)s of %(customer)s commented on %(document)s")
        % {
            "person": actor.name,
            "customer": customer.display_name,
            "document": f"{kind.name} {comment.number}",
        },
        customer=customer,
        document_kind=comment.document_kind,
        document_id=comment.document_id,
        body=quoted(comment.author_name, comment.text),
    )


def mail_customer(actor: Actor, comment: Comment, kind: Kind) -> int:
    """Write to the contact persons who may see the document (preference 7); returns to how many. Within a scope."""
    organisation = Organisation.objects.visible_to(actor).only("id", "name", "own_domain").get()
    page = portal_url(organisation, f"{kind.page(comment.document_id)}#comments")

    def write(person: ContactPerson) -> Letter:
        given = {
            "author": comment.author_name,
            "organisation": organisation.name,
            "document": f"{kind.name} {comment.number}",
        }
        said = _("%(author)s of %(organisation)s wrote to you about %(document)s:") % given
        return Letter(
            subject=_("New comment on %(document)s") % given,
            text=f"{said}\n\n{quoted(comment.author_name, comment.text)}\n\n{_('Read and answer')}: {page}",
        )

    return mail_contacts(
        actor, EVENT, f"comment/{comment.pk}", write, customer=comment.customer_id, asks=kind.asks
    )
