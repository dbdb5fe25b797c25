"""How a portal would look with another accent, logo or banner: pages in frames, before anything is saved (S1.1, S2 2)."""

from __future__ import annotations

import base64
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portico.organisations.models import Organisation
from portico.ui.brand import stylesheet_href
from portico.ui.shell import Brand, FooterLine, MenuEntry, Notice, Shell, Theme

_THEMES: Final[tuple[Theme, ...]] = ("light", "dark")


def preview(
    organisation: Organisation,
    *,
    accent: str = "",
    logo: tuple[bytes, str] | None = None,
    banner: str = "",
    sign_in: bool = False,
) -> SafeString:
    """Frames with the portal's pages as they would look; nothing in them can be clicked, and no script runs.

    Args:
        organisation: whose portal.
        accent: another accent colour, written #rrggbb; empty for the present one.
        logo: content and media type of another; None for the present one, no content for none.
        banner: the banner message.
        sign_in: whether to show the sign-in page too.
    """
    look = _Look(organisation, accent or organisation.accent_colour, logo, banner)
    frames = [
        (look.portal(theme), _("Home, light") if theme == "light" else _("Home, dark")) for theme in _THEMES
    ]
    if sign_in:
        frames.insert(0, (look.sign_in(), _("Sign-in page")))
    return format_html_join(
        "", '<iframe class="office-preview" sandbox="" title="{1}" srcdoc="{0}"></iframe>', frames
    )


def banner_html(message: str) -> SafeString:
    """A banner's text with its web addresses as links; everything else in it stays text."""
    return mark_safe(urlize(message, nofollow=True, autoescape=True))  # noqa: S308 (urlize escapes all else)


class _Look:
    def __init__(
        self, organisation: Organisation, accent: str, logo: tuple[bytes, str] | None, banner: str
    ) -> None:
        content, kind = logo if logo is not None else (bytes(organisation.logo), organisation.logo_type)
        self.organisation = organisation
        self.stylesheet = stylesheet_href(accent)
        self.logo = f"data:{kind};base64,{base64.b64encode(content).decode()}" if content and kind else None
        self.banner = banner

    def portal(self, theme: Theme) -> str:
        shell = Shell(
            organisation_name=self.organisation.name,
            person_name="Maya Chen",
            customer_name=_("Your customer"),
            logo_url=self.logo,
            stylesheet_href=self.stylesheet,
            menu=(
                MenuEntry(label=_("Home"), href="#", icon="home", current=True, quick=True),
                MenuEntry(
                    label=_("Invoices"), href="#", icon="invoice", count=5, count_says=_("to pay"), quick=True
                ),
                MenuEntry(label=_("Statements"), href="#", icon="statement", quick=True),
            ),
            notice=Notice(text=banner_html(self.banner)) if self.banner else None,
            footer=(FooterLine(text=", ".join([self.organisation.name, *self.organisation.address_lines])),),
            theme=theme,
        )
        return render_to_string("organisations/preview_portal.html", {"shell": shell})

    def sign_in(self) -> str:
        brand = Brand(
            organisation_name=self.organisation.name,
            logo_url=self.logo,
            stylesheet_href=self.stylesheet,
            email=self.organisation.email,
            theme="light",
        )
        return render_to_string("organisations/preview_sign_in.html", {"brand": brand})
