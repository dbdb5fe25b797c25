"""Confirming the address a link was sent to: a code is asked for, and typed (preference 14). Both are POSTs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portico.access.sign_in import MailNotSentError
from portico.kit.errors import InvalidError
from portico.sharing.links.actions.confirm import TooManyCodesError, confirm_address, send_code
from portico.sharing.links.identity import browser_of, expect_code, remember_confirmed
from portico.sharing.links.views.document import ask
from portico.sharing.links.views.opened import Opened, by_link, is_known


@require_POST
@by_link(confirmed=False, has_form=True)
def code(request: HttpRequest, link: Opened) -> HttpResponse:
    """Send a code to the link's address."""
    if is_known(request, link):
        return redirect(link.page)
    browser = expect_code(request, link.actor.link_id)
    try:
        send_code(actor=link.actor, browser=browser)
    except (TooManyCodesError, MailNotSentError) as error:
        return ask(request, link, error=error.message, status=error.status)
    return redirect(link.page)


@require_POST
@sensitive_post_parameters("code")
@by_link(confirmed=False, has_form=True)
def confirm(request: HttpRequest, link: Opened) -> HttpResponse:
    """Take the code that was typed, and show the document."""
    if is_known(request, link):
        return redirect(link.page)
    browser = browser_of(request, link.actor.link_id)
    try:
        confirm_address(actor=link.actor, browser=browser, code=request.POST.get("code", "")[:20])
    except InvalidError as error:
        return ask(request, link, error=error.message, status=error.status)
    remember_confirmed(request, link.actor.link_id)
    return redirect(link.page)
