"""Confirming the address a link was sent to: a code is asked for, and typed (preference 14). Both are POSTs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portico.access.sign_in import MailNotSentError
from portico.kit.errors import InvalidError, PorticoError
from portico.sharing.links.actions.confirm import TooManyCodesError, confirm_address, send_code
from portico.sharing.links.identity import browser_of, expect_code, is_confirmed, remember_confirmed
from portico.sharing.links.views.document import ask
from portico.sharing.links.views.opened import Opened, by_link, is_known


@require_POST
@by_link(confirmed=False, has_form=True)
def code(request: HttpRequest, link: Opened) -> HttpResponse:
    """Send a code to the link's address."""
    if _is_done(request, link):
        return redirect(_back(request, link))
    browser = expect_code(request, link.actor.link_id)
    try:
        send_code(actor=link.actor, browser=browser)
    except (TooManyCodesError, MailNotSentError) as error:
        return _ask_again(request, link, error)
    return redirect(_back(request, link))


@require_POST
@sensitive_post_parameters("code")
@by_link(confirmed=False, has_form=True)
def confirm(request: HttpRequest, link: Opened) -> HttpResponse:
    """Take the code that was typed, and show the document."""
    if _is_done(request, link):
        return redirect(_back(request, link))
    browser = browser_of(request, link.actor.link_id)
    try:
        confirm_address(actor=link.actor, browser=browser, code=request.POST.get("code", "")[:20])
    except InvalidError as error:
        return _ask_again(request, link, error)
    remember_confirmed(request, link.actor.link_id)
    return redirect(_back(request, link))


def _for_account(request: HttpRequest) -> bool:
    return request.POST.get("for") == "account"


def _is_done(request: HttpRequest, link: Opened) -> bool:
    """An account asks for a code whatever preference 14 says."""
    return is_confirmed(request, link.actor.link_id) if _for_account(request) else is_known(request, link)


def _back(request: HttpRequest, link: Opened) -> str:
    return link.address("link_account") if _for_account(request) else link.page


def _ask_again(request: HttpRequest, link: Opened, error: PorticoError) -> HttpResponse:
    return ask(request, link, error=error.message, status=error.status, for_account=_for_account(request))
