"""A bare signed-in page: session, scope, one statement, one line of template. No page can cost less."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest
from portico.customers.models import Customer

BARE: Final = "/bench/bare"


@require_safe
def bare(request: PortalRequest) -> HttpResponse:
    """Say the customer's name."""
    name = Customer.objects.visible_to(request.actor).values_list("display_name", flat=True).get()
    return render(request, "bench/bare.html", {"name": name})
