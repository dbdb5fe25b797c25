"""The office's form in unfold's dress, and fields for money and choices within an organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import models
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanWidget,
)

from portico.kit.errors import PorticoError
from portico.kit.money import Money, MoneyError

_DRESS: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.TextInput: UnfoldAdminTextInputWidget,
    forms.PasswordInput: UnfoldAdminPasswordWidget,
    forms.NumberInput: UnfoldAdminDecimalFieldWidget,
    forms.EmailInput: UnfoldAdminEmailInputWidget,
    forms.URLInput: UnfoldAdminURLInputWidget,
    forms.Textarea: UnfoldAdminTextareaWidget,
    forms.Select: UnfoldAdminSelectWidget,
    forms.CheckboxInput: UnfoldBooleanWidget,
    forms.CheckboxSelectMultiple: UnfoldAdminCheckboxSelectMultipleWidget,
    forms.DateInput: UnfoldAdminSingleDateWidget,
    forms.FileInput: UnfoldAdminFileFieldWidget,
    forms.ClearableFileInput: UnfoldAdminFileFieldWidget,
}


class OfficeForm(forms.Form):
    """A form whose fields wear unfold's widgets and which takes an action's error to the field it names."""

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()
    can_preview: ClassVar[bool] = False
    """Whether a second button shows `preview` of what was typed, without saving it."""

    must_confirm: ClassVar[bool] = False
    """Whether `preview` is shown first, and what it shows is done only when it is sent again unchanged."""

    def __init__(self, submitted: tuple[Any, Any] | None = None, **more: Any) -> None:
        data, files = submitted or (None, None)
        super().__init__(data, files, **more)
        for field in self.fields.values():
            dress(field)

    def add_named_error(self, error: PorticoError) -> None:
        """Show an action's error next to the field it names, or above the form."""
        name = (error.field or "").replace("-", "_")
        self.add_error(name if name in self.fields else None, error.message)

    @property
    def confirmation(self) -> str:
        """What is confirmed when the form is sent again, as one word; empty where nothing has to be."""
        return ""

    @property
    def lines(self) -> Any:
        """A formset that belongs to the form, if it has one."""
        return None

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in their groups; one nameless group where none are given."""
        groups = self.groups or (("", tuple(self.fields)),)
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in groups]


def dress(field: forms.Field) -> None:
    """Put unfold's widget in place of Django's plain one, keeping its attributes and choices."""
    plain = field.widget
    dressed = _DRESS.get(type(plain))
    if dressed is None:
        return
    attributes = dict(plain.attrs)
    widget = dressed(attrs=attributes) if attributes else dressed()
    widget.is_required = field.required
    if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        widget.choices = field.choices  # type: ignore[attr-defined]
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField | forms.FloatField):
        widget = UnfoldAdminIntegerFieldWidget(attrs=attributes)
    field.widget = widget


class MoneyInput(forms.CharField):
    """An amount in one currency, typed plainly (1200.50) or in groups (1,200.50); cleans to Money, or None when empty and
    not required. A comma that sets off no group is refused: “12,50” is twelve and a half to some, and would be 1,250.
    """

    _GROUPED: ClassVar = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")

    def __init__(self, *, currency: str, **more: Any) -> None:
        self.currency = currency
        more.setdefault("help_text", f"In {currency}.")
        super().__init__(max_length=24, **more)

    def clean(self, value: Any) -> Money | None:
        text = str(super().clean(value))
        if not text:
            return None
        if self._GROUPED.fullmatch(text):
            text = text.replace(",", "")
        try:
            return Money.of(text, self.currency)
        except MoneyError as error:
            raise forms.ValidationError(error.message) from None

    def prepare_value(self, value: Any) -> Any:
        return str(value.amount) if isinstance(value, Money) else value


class RowChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # not subscriptable when it runs
    """One of the organisation's rows."""

    def __init__(self, rows: models.QuerySet[Any], **more: Any) -> None:
        super().__init__(queryset=rows, **more)


def initial_of(
    row: models.Model, names: Mapping[str, Any] | tuple[str, ...] | frozenset[str]
) -> dict[str, Any]:
    """A row's present values for a form's `initial`."""
    return {name: getattr(row, name) for name in names}
