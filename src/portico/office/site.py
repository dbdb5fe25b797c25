"""The office's site: unfold's admin for the staff actor of the request, in its scope, with our own pages."""

from __future__ import annotations

from functools import wraps
from typing import Any, Final

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from unfold.sites import UnfoldAdminSite

from portico.access.actors import Actor, Duty, StaffActor
from portico.kit.errors import NotFoundError


def staff_actor(request: HttpRequest) -> Actor | None:
    """The staff member of this request; None where nobody of the staff is signed in."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, StaffActor) else None


POLICY: Final = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
"""What unfold's Alpine expressions and inline styles need; everything else stays as on all pages."""


class OfficeSite(UnfoldAdminSite):
    """Open to every staff member; what they may do is asked of their role, not of Django's permissions."""

    index_title = "Today"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the actor is staff who may read."""
        actor = staff_actor(request)
        return actor is not None and actor.may(Duty.READ)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The office's pages tell the organisation's time (S13.2), under a policy of their own.

        The theme evaluates expressions and sets styles, which the portal's policy refuses.
        """
        from portico.office.queries import zone_of

        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def made(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = staff_actor(request)
            with timezone.override(zone_of(actor) if actor else None):
                response: HttpResponse = guarded(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
            response._csp_replace = POLICY  # type: ignore[attr-defined]
            return response

        return made

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign-in is the portal's."""
        return redirect_to_login(request.GET.get("next", "/office/"), "account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One's password is the portal's, where guesses are counted and its owner hears of the change."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """As `password_change`."""
        return self.password_change(request)

    def extra_urls(self) -> list[URLPattern]:
        """Pages that do something, each a form before an action."""
        from portico.office.urls import action_urls

        return action_urls(self)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Today: what customers did, and what they owe."""
        from portico.office.queries import latest_notices, outstanding_by_currency
        from portico.office.verbs.loading import today

        actor = staff_actor(request)
        if actor is None:
            raise NotFoundError
        shown = {
            "notices": latest_notices(actor),
            "outstanding": outstanding_by_currency(actor, today(actor)),
            **(extra_context or {}),
        }
        return super().index(request, shown)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The sidebar's groups; a line whose badge would be empty has none."""
        groups: list[dict[str, Any]] = super().get_sidebar_list(request)
        for item in (item for group in groups for item in group["items"]):
            if "badge_callback" in item and not str(item["badge_callback"]):
                del item["badge"], item["badge_callback"]
        return groups

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Adds whose office it is, and how many notifications are unread."""
        from portico.office.queries import office_name, unread_count

        context: dict[str, Any] = super().each_context(request)
        actor = staff_actor(request)
        if actor is not None:
            context["site_header"] = office_name(actor)
            context["unread"] = unread_count(actor)
        return context


office = OfficeSite(name="admin")
"""Named “admin” because unfold's templates ask for addresses by that name."""
