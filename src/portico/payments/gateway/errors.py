"""What can go wrong between us and a gateway."""

from __future__ import annotations

from portico.kit.errors import PorticoError


class GatewayUnreachableError(PorticoError):
    """No answer, or one that says nothing about the outcome: the attempt is unknown, not failed."""

    code = "gateway_unreachable"
    status = 503


class GatewayRefusedError(PorticoError):
    """The gateway refused the request itself, and did nothing."""

    code = "gateway_refused"
    status = 502


class GatewayGoneError(GatewayRefusedError):
    """The gateway answered that there is no such payment, or saving, at this account: nothing can be charged by it.

    Only for its definite answer about the very thing that was asked for; never for credentials it does not know.
    """

    code = "gateway_gone"


class SignatureError(PorticoError):
    """An event that is not signed by the gateway, or too old, or cannot be read."""

    code = "bad_signature"
    status = 400
