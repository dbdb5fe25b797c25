"""The saved method that a payer chose, checked once more when the payment starts; within a scope, under the lock."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor
from portico.kit import clock
from portico.kit.errors import InvalidError, NotFoundError
from portico.organisations.models import Organisation
from portico.payments.gateway import MethodKind, gateway_for
from portico.payments.models import GatewayAccount, SavedMethod
from portico.payments.saved import has_expired, may_save


def chosen_method(
    actor: Actor, method_id: UUID, account: GatewayAccount, kind: MethodKind, currency: str
) -> SavedMethod:
    """The payer's own method, held so that it is not removed meanwhile.

    Raises:
        InvalidError: it was removed, has expired, pays in another currency only, or is of another account or kind than was said.
        NotFoundError: it is not the payer's own; through a link there are none.
    """
    if not isinstance(actor, ContactActor):
        raise NotFoundError
    rows = SavedMethod.objects.select_for_update(of=("self",))
    method = rows.one_for(actor, pk=method_id, contact_person_id=actor.person_id)
    if method.removed_at is not None:
        raise InvalidError(_("%(method)s was removed. Choose another way.") % {"method": method}, field="way")
    zone = Organisation.objects.visible_to(actor).values_list("time_zone", flat=True).get()
    if has_expired(method, clock.today(zone)):
        raise InvalidError(_("%(method)s has expired. Choose another way.") % {"method": method}, field="way")
    if not method.can_pay(currency):
        words = _("%(method)s pays in %(currency)s only. Choose another way.")
        raise InvalidError(words % {"method": method, "currency": method.only_currency}, field="way")
    if method.gateway_account_id != account.pk or method.kind != kind:
        raise InvalidError(_("That way to pay is not offered for this."), field="way")
    return method


def may_be_kept(actor: Actor, account: GatewayAccount) -> bool:
    """Whether what is charged may be saved: the gateway keeps methods, a person pays, and preference 16 is on."""
    return gateway_for(account.gateway).capabilities.saved_methods and may_save(actor)
