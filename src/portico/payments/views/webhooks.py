"""Where gateways send their events: verify, insert, answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portico.access.middleware import open_to_all
from portico.kit.errors import PorticoError
from portico.payments.actions.events import LONGEST_BODY, receive_event


class EventTooLongError(PorticoError):
    """An event larger than any provider's."""

    code = "event_too_long"
    status = 413


@open_to_all
@csrf_exempt
@require_POST
def gateway_event(request: HttpRequest, account_id: UUID) -> JsonResponse:
    """Take in one event for a gateway account; 200 once it is stored, 400 when it is not the gateway's."""
    if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
        raise EventTooLongError("An event has at most 1 MB.")
    receive_event(account_id=account_id, body=request.body, headers=dict(request.headers))
    return JsonResponse({"status": "received"})
