"""A read-only admin behind the office's door, whose buttons lead to action pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline

from portico.access.actors import Duty
from portico.kit.errors import InvalidError, NotFoundError
from portico.kit.fields import MoneyField
from portico.kit.money import format_money
from portico.office.lists.columns import NOTHING, column_of, said, told
from portico.office.navigation import list_of, name_of_list
from portico.office.site import staff_actor
from portico.transactions.models import Document


@dataclass(frozen=True, slots=True)
class Verb:
    """A button: the name of an action page, its words, and for which rows it is offered."""

    page: str
    label: str
    offered: Callable[[Any], bool] = lambda row: True
    duty: Duty = Duty.WRITE_DOCUMENTS


COMMENTS: Final = Verb("conversation", "Comments", duty=Duty.READ)
"""The conversation beside a document; every kind of document has one."""
_SAYS_NOTHING: Final = frozenset({NOTHING, "None"})
"""None is what choices call what was not chosen."""


def money(name: str, label: str = "") -> Callable[[Any], str]:
    """A column that prints an amount with its currency."""

    def shown(row: Any) -> str:
        amount = getattr(row, name)
        return format_money(amount) if amount is not None else "–"

    shown.__name__ = f"{name}_shown"
    column: Callable[[Any], str] = admin.display(
        description=capfirst(label or name.replace("_", " ")), ordering=name
    )(shown)
    return column


def words(name: str, label: str = "") -> Callable[[Any], str]:
    """A column that prints a gateway's own word, such as `refund_failure`, as words."""

    def shown(row: Any) -> str:
        return str(getattr(row, name)).replace("_", " ").capitalize() or "–"

    shown.__name__ = f"{name}_worded"
    column: Callable[[Any], str] = admin.display(
        description=capfirst(label or name.replace("_", " ")), ordering=name
    )(shown)
    return column


def shown_fields(model: type[models.Model], without: frozenset[str]) -> list[Any]:
    """All columns of a model for a page that only shows; amounts with their currency, which so needs no line."""
    fields: list[Any] = []
    has_money = any(isinstance(field, MoneyField) for field in model._meta.local_fields)
    for field in model._meta.local_fields:
        if field.name in without or field.name in {"id", "organisation"}:
            continue
        if has_money and field.name == "currency":
            continue
        fields.append(
            money(field.name, str(field.verbose_name)) if isinstance(field, MoneyField) else field.name
        )
    return fields


class ReadOnly:
    """Nobody adds, changes or deletes through the admin: that is what actions are for."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every staff member whose role reads."""
        actor = staff_actor(request)
        return actor is not None and actor.may(Duty.READ)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for viewing."""
        return self.has_view_permission(request)


class OfficeAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc] # unfold ships no types
    """A list and a page of one row, both of the actor's organisation."""

    verbs: ClassVar[tuple[Verb, ...]] = ()
    list_verbs: ClassVar[tuple[Verb, ...]] = ()
    hidden: ClassVar[frozenset[str]] = frozenset()
    shown: ClassVar[tuple[Any, ...]] = ()
    """What a row's page tells, in this order; otherwise every column that is not hidden."""

    parts: ClassVar[frozenset[str]] = frozenset()
    """What a row's page tells only where there is any: sums that are zero are left out."""

    empty: ClassVar[str] = ""
    """What will be in the list once there is anything."""

    called: ClassVar[Mapping[str, str]] = {}
    """What this list calls its columns, where LABELS has no better word."""

    list_per_page = 50
    show_full_result_count = False
    list_before_template = "office/verbs.html"  # type: ignore[assignment]
    change_form_before_template = "office/verbs.html"  # type: ignore[assignment]
    list_filter_submit = True
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The rows of the actor's organisation."""
        actor = staff_actor(request)
        if actor is None:
            raise NotFoundError
        related = [
            field.name
            for field in self.model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.name != "organisation"
        ]
        rows: models.QuerySet[Any] = self.model.objects.visible_to(actor).select_related(*related)
        return rows.order_by(*self.get_ordering(request))

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """By what is shown or offered as a filter; a hidden column would be read letter by letter through its matches."""
        column = lookup.partition("__")[0]
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and column not in self.hidden and column in (self._offered() | self._shown(request))

    def _offered(self) -> set[str]:
        """What the list's filters are called in its address."""
        filters: tuple[Any, ...] = tuple(self.list_filter)
        plain = (each[0] if isinstance(each, tuple) else each for each in filters)
        return {each if isinstance(each, str) else str(each.parameter_name) for each in plain}

    def _shown(self, request: HttpRequest) -> set[str]:
        """The columns of the list and of a row's page."""
        columns: tuple[Any, ...] = (*self.list_display, *self.get_fields(request))
        return {each if isinstance(each, str) else getattr(each, "admin_order_field", "") for each in columns}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The list's columns, called by words of staff's."""
        return [self._told(each, raw=True) for each in self.list_display]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All columns, unless the list names its own; of one row those that say something."""
        named = self.shown or self.fields or shown_fields(self.model, self.hidden)
        return [self._told(each) for each in named if obj is None or not self._is_empty(obj, each)]

    def _told(self, name: Any, *, raw: bool = False) -> Any:
        field = column_of(self.model, name)
        return told(field, self.called.get(field.name, ""), raw=raw) if field is not None else name

    def _is_empty(self, row: Any, name: Any) -> bool:
        field = column_of(self.model, name)
        if field is not None:
            return said(row, field) in _SAYS_NOTHING or (field.name in self.parts and not getattr(row, name))
        sum_of = column_of(self.model, getattr(name, "admin_order_field", None))
        if not isinstance(sum_of, MoneyField):
            return sum_of is not None and sum_of.name in self.parts and not getattr(row, sum_of.name)
        amount = getattr(row, sum_of.name)
        return amount is None or (sum_of.name in self.parts and not amount)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What belongs to the row, where there is any of it."""
        return [each for each in self.inlines if obj is None or _has_rows(each, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of them."""
        return self.get_fields(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The list, with what can be done from it."""
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise InvalidError("The address cannot be read.")
        verbs = self._verbs(request, self.list_verbs, None)
        name = name_of_list(self.model)
        extra = {"verbs": verbs, "title": name, "trail": [{"title": name}], **(extra_context or {})}
        return super().changelist_view(request, extra)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One row, with what can be done to it."""
        row = self.get_object(request, object_id)
        if row is None:
            raise NotFoundError
        extra = {
            "verbs": self._verbs(request, self.verbs, row),
            "title": str(row),
            "trail": [{"title": name_of_list(self.model), "link": list_of(self.model)}, {"title": str(row)}],
            **(extra_context or {}),
        }
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or None for an id that is none."""
        try:
            UUID(str(object_id))
        except ValueError:
            return None
        return super().get_object(request, object_id, from_field)

    def _verbs(self, request: HttpRequest, verbs: tuple[Verb, ...], row: Any) -> list[dict[str, str]]:
        actor = staff_actor(request)
        if actor is None:
            return []
        arguments = [row.pk] if row is not None else []
        return [
            {"href": reverse(f"admin:{verb.page}", args=arguments), "label": verb.label}
            for verb in verbs
            if actor.may(verb.duty) and (row is None or verb.offered(row))
        ] + _view_log_of(row)


def _has_rows(rows: Any, row: models.Model) -> bool:
    """Whether any of an inline's rows belong to this one."""
    key = _get_foreign_key(type(row), rows.model, fk_name=rows.fk_name)
    return bool(rows.model._default_manager.filter(**{key.name: row}).exists())


def _view_log_of(row: Any) -> list[dict[str, str]]:
    """The way from a document to who looked at it."""
    if not isinstance(row, Document):
        return []
    log = reverse("admin:transactions_documentview_changelist")
    return [{"href": f"{log}?document_id={row.pk}", "label": "Who looked"}]


class Rows(ReadOnly, TabularInline):  # type: ignore[misc] # unfold ships no types
    """Rows that belong to the one shown."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True  # the columns say which row it is; a title would repeat them, or show an id
    shown: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        super().__init__(parent_model, admin_site)
        fields = ((each, column_of(self.model, each)) for each in self.shown)
        self._columns = [told(field) if field is not None else each for each, field in fields]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What is shown of each."""
        return list(self._columns)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of it."""
        return self.get_fields(request, obj)


def link(page: str, label: str, offered: Callable[[Any], bool] = lambda row: True) -> Callable[[Any], str]:
    """A column with a link to an action page about its row."""

    def shown(row: Any) -> str:
        if not row.pk or not offered(row):
            return "–"
        return format_html(
            '<a class="text-primary-600" href="{}">{}</a>', reverse(f"admin:{page}", args=[row.pk]), label
        )

    shown.__name__ = page.replace("-", "_")
    column: Callable[[Any], str] = admin.display(description="")(shown)
    return column
