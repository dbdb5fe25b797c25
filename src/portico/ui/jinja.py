"""The Jinja2 environment of every page: strict, escaping, translated, with the kit's filters and functions."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from portico.ui import charts, dates, devices, fields, icons, money, text


def environment(**options: Any) -> Environment:
    """Make the environment for Django's Jinja2 backend (`OPTIONS["environment"]` in TEMPLATES).

    A name that is not there raises (StrictUndefined): a misspelt one would show nothing, and nobody would see it.
    """
    options.update(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made = Environment(**options)  # noqa: S701 # autoescape is among the options
    made.install_gettext_callables(  # type: ignore[attr-defined] # added by the i18n extension
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(
        money=money.money,
        money_text=money.money_text,
        money_compact=money.money_compact,
        date_long=dates.date_long,
        date_short=dates.date_short,
        month_short=dates.month_short,
        month_name=dates.month_name,
        days_away=dates.days_away,
        moment=dates.moment,
        day=dates.day,
        initials=icons.initials,
        linked=text.linked,
        device=devices.device,
        merge=merge,
        file_size=filesizeformat,
    )
    made.globals.update(
        static=static,
        url=url,
        icon=icons.icon,
        badge=icons.badge,
        avatar=icons.avatar,
        widget=fields.widget,
        field_kind=fields.field_kind,
        field_id=fields.field_id,
        field_hint=fields.field_hint,
        choices=fields.choices,
        bar_chart=charts.bar_chart,
        stacked_bar=charts.stacked_bar,
        page_language=money.language,
        page_direction=page_direction,
    )
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a route by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def page_direction() -> str:
    """The direction of the active language: “ltr” or “rtl”."""
    return "rtl" if translation.get_language_bidi() else "ltr"


def merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two sets of attributes in one; the second wins."""
    return {**first, **second}
