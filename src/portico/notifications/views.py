"""The page behind “stop these e-mails”: it asks, and does nothing until somebody says yes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from portico.access.middleware import open_to_all
from portico.notifications.events import CUSTOMER_LABELS
from portico.notifications.unsubscribing import read_stopping, set_wanted
from portico.ui.shell import Brand


@csrf_exempt  # the mail reader's one click brings no cookie; the signed token is the authority
@open_to_all
@never_cache
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST stops, or starts again. RFC 8058: a POST of List-Unsubscribe=One-Click stops at once."""
    if request.method == "POST":
        shown = set_wanted(token, wanted=request.POST.get("again") == "yes")
        done = True
    elif request.method in ("GET", "HEAD"):
        shown, done = read_stopping(token), False
    else:
        return HttpResponseNotAllowed(["GET", "POST"])
    with translation.override(shown.language):
        context = {
            "stopping": shown,
            "label": CUSTOMER_LABELS[shown.event],
            "done": done,
            "brand": Brand(organisation_name=shown.organisation_name),
        }
        return render(request, "notifications/stop.html", context)
