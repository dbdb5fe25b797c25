"""Asking to be forgotten, and the organisation's answer (S9.3)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, require_office
from portico.access.changes import naming
from portico.access.memberships import all_memberships
from portico.access.models import User
from portico.access.people import end_sessions
from portico.access.scope import scope
from portico.customers.actions.revoke import end_access
from portico.customers.models import ContactPerson, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.notifications.actions import tell_staff
from portico.notifications.customers import Letter, mail_contacts
from portico.payments.actions.methods import erase_methods
from portico.profile.models import ERASURE_MOVES, ErasureRequest, ErasureState
from portico.profile.traces import NOBODY, Trace, erase_login, erase_traces


def ask_for_erasure(*, actor: ContactActor) -> ErasureRequest:
    """Ask this organisation to erase what it keeps about oneself; staff are told and decide.

    Raises:
        ConflictError: it was asked already.
    """
    with scope(actor):
        person = ContactPerson.objects.one_for(actor, pk=actor.person_id)
        row = ErasureRequest(
            organisation_id=actor.organisation_id, customer_id=actor.customer_id, person=person
        )
        with naming({"one_open_erasure": ("", "You have asked already. The organisation will answer.")}):
            row.save(force_insert=True)
        audit.record(actor, "ask_for_erasure", row, f"{actor.name} asked to be erased")
        title = f"{actor.name} asks to be erased"
        tell_staff(actor, "erasure_asked", title, customer=actor.customer_id)
    return row


def withdraw_erasure(*, actor: ContactActor) -> None:
    """Take one's own open request back.

    Raises:
        ConflictError: there is none.
    """
    with scope(actor):
        row = ErasureRequest.objects.select_for_update(no_key=True).visible_to(actor)
        mine = row.filter(person_id=actor.person_id, state=ErasureState.ASKED).first()
        if mine is None:
            raise ConflictError("There is no open request.")
        _decide(actor, mine, ErasureState.WITHDRAWN)


def decline_erasure(*, actor: Actor, request: ErasureRequest, answer: str) -> ErasureRequest:
    """Decline a request, with the reason, which goes to the person by e-mail.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a reason is needed; `field` is “answer”.
        ConflictError: it is decided already.
    """
    require_office(actor, Duty.CONFIGURE)
    if not answer.strip():
        raise InvalidError("Say why.", field="answer")
    with scope(actor):
        row = _held(actor, request)
        _decide(actor, row, ErasureState.DECLINED, answer.strip())

        def write(person: ContactPerson) -> Letter:
            return Letter(
                _("About your request to be erased"),
                "\n\n".join(
                    [_("Dear %(name)s,") % {"name": person.full_name},
                     _("We cannot erase your data now. The reason:"), row.answer]
                ),
            )  # fmt: skip

        mail_contacts(
            actor,
            "account",
            f"erasure/{row.pk}",
            write,
            customer=row.customer_id,
            asks=None,
            only=[row.person_id],
        )
    return row


def erase_person(*, actor: Actor, request: ErasureRequest) -> ErasureRequest:
    """Erase a person who asked for it, for good: as a contact person, and the login where it leads nowhere else.

    Names and addresses are replaced in every table but those that the law keeps (traces.KEPT); sessions end at once.

    Raises:
        ForbiddenError: only an owner may.
        ConflictError: it is decided already.
    """
    require_office(actor, Duty.CONFIGURE)
    with transaction.atomic(), scope(actor):
        row = _held(actor, request)
        person = ContactPerson.objects.select_related("customer", "user").get(pk=row.person_id)
        if person.portal_state in (PortalState.INVITED, PortalState.ACTIVE):
            end_access(actor, person)
        trace = Trace(person.organisation_id, person.customer_id, person.pk, person.full_name, person.email)
        user = person.user
        erase_methods(actor, person)
        _empty(person)
        _decide(actor, row, ErasureState.DONE)
        erase_traces(trace)
        if user is not None and not all_memberships(user.pk):
            _erase_login(trace, user)
    return row


def _erase_login(trace: Trace, user: User) -> None:
    """The login may have an address or a name of its own, different from the contact person's."""
    if (user.email.lower(), user.name) != (trace.email.lower(), trace.name):
        erase_traces(Trace(trace.organisation_id, trace.customer_id, trace.person_id, user.name, user.email))
    end_sessions(user.pk)
    erase_login(user)


def _empty(person: ContactPerson) -> None:
    person.first_name, person.last_name, person.email = NOBODY, "", ""
    for name in ("salutation", "phone", "mobile", "designation", "department"):
        setattr(person, name, "")
    person.user = None
    person.is_primary = False
    person.removed_at = clock.now()
    person.save()


def _held(actor: Actor, request: ErasureRequest) -> ErasureRequest:
    return ErasureRequest.objects.select_for_update(no_key=True).one_for(actor, pk=request.pk)


def _decide(actor: Actor, row: ErasureRequest, state: ErasureState, answer: str = "") -> None:
    was = ErasureState(row.state)
    ERASURE_MOVES.check_change(was, state)
    row.state, row.answer = state, answer
    row.decided_at, row.decided_by = clock.now(), actor.name
    row.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    audit.record(
        actor, f"erasure_{state}", row, f"Request for erasure: {state.label}", {"state": [was, state]}
    )
