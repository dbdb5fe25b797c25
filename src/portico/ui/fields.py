"""Form fields from Django's bound fields: which kind a widget is, and the attributes that make it accessible."""

from __future__ import annotations

from typing import Any, Final, Literal

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
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
_LOOKS: Final[dict[Kind, str]] = {"check": "", "choices": "", "file": "", "hidden": ""}
"""The class of a control where it is not “input”."""


def field_kind(bound: BoundField) -> Kind:
    """What a bound field looks like."""
    widget = bound.field.widget
    return next((kind for of, kind in _KINDS if isinstance(widget, of)), "input")


def field_id(bound: BoundField) -> str:
    """The id its control has, and its hint and error build upon."""
    return bound.id_for_label or bound.auto_id or bound.html_name


def field_hint(bound: BoundField) -> Markup:
    """Its help text: HTML where Django marked it as safe, escaped otherwise."""
    # A lazy text shows only when made a string whether it is safe.
    return Markup(conditional_escape(str(bound.help_text)))  # noqa: S704 # just escaped


def widget(
    bound: BoundField, *, hinted: bool = False, switch: bool = False, attrs: dict[str, Any] | None = None
) -> Markup:
    """The control alone, tied to its hint (`<id>_helptext`) and its errors (`<id>_error`) by `aria-describedby`.

    Args:
        bound: a field of a form.
        hinted: a hint is shown under it.
        switch: draw a check box as a switch.
        attrs: further attributes, such as `autofocus`; one that is False is left out.
    """
    given = dict(attrs or {})
    look = "switch" if switch else _LOOKS.get(field_kind(bound), "input")
    own_class = bound.field.widget.attrs.get("class", "")
    classes = " ".join(str(part) for part in (look, own_class, given.pop("class", "")) if part)
    attributes: dict[str, Any] = {"class": classes} if classes else {}
    if switch:
        attributes["role"] = "switch"
    own = field_id(bound)
    described = [f"{own}_helptext"] if hinted else []
    if bound.errors:
        attributes["aria-invalid"] = "true"
        described.append(f"{own}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if not hinted:
        bound.help_text = ""  # else Django points to a hint that is not on the page
    return Markup(bound.as_widget(attrs={**attributes, **given}))  # noqa: S704 # Django's widgets escape


def choices(bound: BoundField) -> list[Any]:
    """The radio buttons or check boxes of a field, each to be drawn by itself (`tag`, `choice_label`)."""
    return list(bound.subwidgets)
