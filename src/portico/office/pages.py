"""Pages that do something: a form, one action behind it, and the action's errors next to the field they name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.access.actors import Actor, Duty, require
from portico.access.middleware import own_scope
from portico.access.scope import scope
from portico.kit.errors import NotFoundError, PorticoError
from portico.office.forms.base import OfficeForm
from portico.office.navigation import list_of, name_of_list
from portico.office.site import OfficeSite, office, staff_actor


@dataclass(frozen=True)
class ActionPage:
    """One page of the office that performs one action.

    Args:
        title: the page's heading; may use the object's name as %(it)s.
        button: what the button says: a verb with its object.
        duty: what the role must have.
        form: makes the form for the actor, the object (or None) and the submitted data (or None).
        run: performs the action with the cleaned data; returns the row whose page is shown next.
        load: finds the object of the address; None where the page is about nothing yet.
        intro: a sentence above the form: what will happen, and to whom.
        danger: whether it takes something away, so that the button says so.
        beside: a template with what is looked at before it is done; it has the object as `it`.
        calls_outside: whether the action calls the outside (a storage, a scanner) and so opens its scopes itself.
    """

    title: str
    button: str
    duty: Duty
    form: Callable[[Actor, Any, Any], OfficeForm]
    run: Callable[[Actor, Any, dict[str, Any]], models.Model]
    load: Callable[[Actor, UUID], models.Model] | None = None
    intro: Callable[[Any], str] | None = None
    danger: bool = False
    beside: str = ""
    calls_outside: bool = False

    def view(self, site: OfficeSite) -> Callable[..., HttpResponse]:
        """The view, guarded by the site."""

        def show(request: HttpRequest, object_id: UUID | None = None) -> HttpResponse:
            return self._show(site, request, object_id)

        guarded: Callable[..., HttpResponse] = site.admin_view(show)
        if self.calls_outside:
            own_scope(guarded)
        return guarded

    def _show(self, site: OfficeSite, request: HttpRequest, object_id: UUID | None) -> HttpResponse:
        actor = staff_actor(request)
        if actor is None:
            raise NotFoundError
        require(actor, self.duty)
        if self.calls_outside:
            return self._show_outside(site, request, actor, object_id)
        it = self.load(actor, object_id) if self.load and object_id else None
        if request.method != "POST":
            return self._render(site, request, it, self.form(actor, it, None))
        form = self.form(actor, it, _submitted(request))
        if "more_lines" in request.POST or not form.is_valid():
            return self._render(site, request, it, form, status=200 if "more_lines" in request.POST else 422)
        if form.can_preview and "preview" in request.POST:
            return self._render(site, request, it, form)
        try:
            with scope(actor):  # all of it or nothing, where a page performs more than one action
                result = self.run(actor, it, form.cleaned_data)
        except PorticoError as error:
            form.add_named_error(error)
            return self._render(site, request, it, form, status=error.status)
        messages.success(request, _("Done: %(what)s.") % {"what": str(self._title(it))})
        return HttpResponseRedirect(address_of(result))

    def _show_outside(
        self, site: OfficeSite, request: HttpRequest, actor: Actor, object_id: UUID | None
    ) -> HttpResponse:
        """The same with no scope open while the action runs."""
        with scope(actor):
            it = self.load(actor, object_id) if self.load and object_id else None
            posted = request.method == "POST"
            form = self.form(actor, it, _submitted(request) if posted else None)
            if not posted or not form.is_valid():
                return self._render(site, request, it, form, status=422 if posted else 200).render()
            sure = not form.must_confirm or request.POST.get("confirmed") == form.confirmation
            if form.can_preview and ("preview" in request.POST or not sure):
                return self._render(site, request, it, form).render()
        try:
            result = self.run(actor, it, form.cleaned_data)
        except PorticoError as error:
            form.add_named_error(error)
            with scope(actor):
                return self._render(site, request, it, form, status=error.status).render()
        messages.success(request, _("Done: %(what)s.") % {"what": str(self._title(it))})
        return HttpResponseRedirect(address_of(result))

    def _render(
        self,
        site: OfficeSite,
        request: HttpRequest,
        it: models.Model | None,
        form: OfficeForm,
        status: int = 200,
    ) -> TemplateResponse:
        context = {
            **site.each_context(request),
            "title": self._title(it),
            "trail": self._trail(it),
            "it": it,
            "beside": self.beside,
            "button": self.button,
            "intro": self.intro(it) if self.intro else "",
            "danger": self.danger,
            "form": form,
            "back": address_of(it) if it is not None else reverse("admin:index"),
            "has_files": form.is_multipart(),
            "media": form.media,
        }
        return TemplateResponse(request, "office/action.html", context, status=status)

    def _trail(self, it: models.Model | None) -> list[dict[str, str]]:
        """Where the page belongs: the list, the row, and what is done to it."""
        here = {"title": self._title(it)}
        if it is None or not isinstance(it, tuple(office._registry)):
            return [here]
        its_list = {"title": name_of_list(type(it)), "link": list_of(type(it))}
        return [its_list, {"title": str(it), "link": address_of(it)}, here]

    def _title(self, it: models.Model | None) -> str:
        return self.title % {"it": it} if it is not None else self.title


def address_of(row: models.Model) -> str:
    """The office's page of a row; of a row without a page of its own, such as a drawing, its invoice's."""
    if not isinstance(row, tuple(office._registry)):
        row = row.invoice  # type: ignore[attr-defined] # drawings, applications and write-offs are of an invoice
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def _submitted(request: HttpRequest) -> tuple[Any, Any]:
    return request.POST, request.FILES
