"""A contact person with access who gets another e-mail address than their login has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.customers.actions.invite import obstacle_to, send_invitation
from portico.customers.actions.revoke import end_access
from portico.customers.models import ContactPerson, PortalState
from portico.kit.ids import new_id
from portico.notifications.actions import send_mail
from portico.notifications.customers import reading_as
from portico.organisations.models import Organisation


def is_other_address(person: ContactPerson) -> bool:
    """Whether somebody with access has an address that is not their login's."""
    if person.portal_state != PortalState.ACTIVE or person.user is None:
        return False
    return person.email.lower() != person.user.email.lower()


def move_to_address(actor: Actor, person: ContactPerson, old_address: str) -> None:
    """Take a person off their login and invite them at their new address; within a scope, with the person held.

    The login itself is left alone: it may lead to other customers and organisations. Its sessions end where it
    leads nowhere any more.

    Args:
        actor: who changed the address.
        person: with the new address, saved.
        old_address: is told that it has no access any more, and so is the login's address.

    Raises:
        ForbiddenError: the person may do more than the actor.
    """
    assert person.user is not None
    organisation = Organisation.objects.defer("logo").get(pk=person.organisation_id)
    told = {each.lower() for each in (old_address, person.user.email) if each}
    end_access(actor, person)
    may_come_back = obstacle_to(person) is None
    with reading_as(person, organisation) as language:
        subject, text = _letter(actor, person, organisation, is_invited=may_come_back)
    person.user = None
    person.save(update_fields=["user"])
    for address in sorted(told):
        send_mail(
            person.organisation_id,
            f"address-changed/{new_id()}",
            address,
            subject,
            text,
            language=language,
            event="account",
            person_id=person.pk,
        )
    if may_come_back:
        send_invitation(actor, person)


def _letter(
    actor: Actor, person: ContactPerson, organisation: Organisation, *, is_invited: bool
) -> tuple[str, str]:
    given = {
        "name": person.full_name,
        "organisation": organisation.name,
        "customer": person.customer.display_name,
        "who": actor.name,
    }
    parts = [
        _("Dear %(name)s,") % given,
        _("%(who)s changed your e-mail address at %(customer)s.") % given,
        _("With this address you cannot open the portal of %(organisation)s for %(customer)s any more.")
        % given,
        _("An invitation is on its way to the new address.") if is_invited else "",
        _("If you did not expect this, write to %(organisation)s.") % given,
    ]
    subject = _("Your access to the customer portal of %(organisation)s has moved") % given
    return subject, "\n\n".join(part for part in parts if part)
