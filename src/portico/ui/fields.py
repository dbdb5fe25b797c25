"""Form fields from Django's bound fields: which kind a widget is, and the attributes that make it accessible."""

from __future__ import annotations

from typing import Any, Final, Literal

from django import forms
from django.forms.boundfield import BoundField
from markupsafe import Markup

Kind = Literal["input", "select", "textarea", "check", "choices", "file", "hidden"]

_KINDS: Final[tuple[tuple[type[forms.Widget], Kind], ...]] = (
    (forms.HiddenInput, "hidden"),
    (forms.MultipleHiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "choices"),  # a RadioSelect to Django, so it stands first
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "check"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)


def field_kind(bound: BoundField) -> Kind:
    """What a bound field looks like."""
    widget = bound.field.widget
    return next((kind for of, kind in _KINDS if isinstance(widget, of)), "input")


def field_id(bound: BoundField) -> str:
    """The id its control has, and its hint and error build upon."""
    return bound.id_for_label or bound.auto_id or bound.html_name


def widget(
    bound: BoundField, *, described_by: str = "", switch: bool = False, attrs: dict[str, Any] | None = None
) -> Markup:
    """The control alone, tied to its hint and its error by `aria-describedby`.

    Args:
        bound: a field of a form.
        described_by: ids of further elements that describe it.
        switch: draw a check box as a switch.
        attrs: further attributes, such as `autofocus`.
    """
    kind = field_kind(bound)
    given = {key.replace("_", "-"): value for key, value in (attrs or {}).items()}
    own_class = str(bound.field.widget.attrs.get("class", ""))
    look = {"check": "switch" if switch else "", "choices": "", "file": "", "hidden": ""}.get(kind, "input")
    classes = " ".join(part for part in (look, own_class, str(given.pop("class", ""))) if part)
    attributes: dict[str, Any] = {"class": classes} if classes else {}
    if switch:
        attributes["role"] = "switch"
    if described := _described_by(bound, described_by):
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return Markup(bound.as_widget(attrs={**attributes, **given}))  # noqa: S704 # Django's widgets escape


def _described_by(bound: BoundField, further: str) -> str:
    own = field_id(bound)
    parts = [further]
    if bound.help_text:
        parts.append(f"{own}_helptext")
    if bound.errors:
        parts.append(f"{own}_error")
    return " ".join(part for part in parts if part)


def choices(bound: BoundField) -> list[Any]:
    """The radio buttons or check boxes of a field, each to be drawn by itself (`tag`, `choice_label`)."""
    return list(bound.subwidgets)
