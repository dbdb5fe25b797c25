"""The customer's own details and addresses."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.customers.queries import addresses_of
from portico.home.shell import page, portal_of
from portico.kit.errors import ForbiddenError, PorticoError
from portico.profile.actions import change_details
from portico.profile.forms import CustomerForm
from portico.transactions.pages import spoken


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: PortalRequest) -> HttpResponse:
    """Change name, phone, website and addresses (S9.2), where preference 8 lets customers."""
    portal = portal_of(request)
    require(portal.actor, Permission.MANAGE_PROFILE)
    if not portal.preferences.customers_may_upload:
        raise ForbiddenError(_("Details are changed by the organisation here. Please write to them."))
    addresses = addresses_of(portal.actor, portal.customer)
    with spoken(portal):
        form = CustomerForm(
            request.POST if request.method == "POST" else None, customer=portal.customer, addresses=addresses
        )
        if form.is_valid():
            try:
                change_details(
                    actor=portal.actor,
                    customer=portal.customer,
                    own=form.own(),
                    addresses={kind: form.address(kind) for kind in ("billing", "shipping")},
                )
            except PorticoError as error:
                form.add_named_error(error)
            else:
                messages.success(request, _("The details are saved."))
                return redirect("profile")
    return page(request, "profile/customer.html", {"form": form}, 422 if form.errors else 200)
