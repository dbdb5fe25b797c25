"""What the layout shows around every page: plain values, filled in by whoever knows the business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]
Tone = Literal["", "ok", "warn", "bad", "plain"]
Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of the main menu, of the tab bar or of the account menu."""

    label: str
    href: str
    icon: str = "file"
    current: bool = False
    count: int | None = None
    count_says: str = ""
    """What the count counts, for screen readers: “to pay”."""
    line_before: bool = False
    """Begins a new group."""
    quick: bool = False
    """Also in the tab bar of narrow windows; the first four are shown."""
    short_label: str = ""
    """For the tab bar, where the label is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Another account the person may see; choosing it posts its value to `Shell.switch_action`."""

    name: str
    value: str
    detail: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message for everybody, above the page."""

    text: str
    tone: Tone = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterLine:
    """One part of the footer: words, or a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """How an organisation looks where nobody is signed in yet: sign-in, errors, public links."""

    organisation_name: str
    logo_url: str | None = None
    stylesheet_href: str | None = None
    """The kit's stylesheet with the organisation's accent: `portico.ui.brand.stylesheet_href(accent)`."""
    home_href: str = "/"
    tagline: str = ""
    """One large line beside the sign-in form."""
    contact: str = ""
    """Whom to ask, in a sentence, below the tagline."""
    email: str = ""
    theme: Theme | None = None
    language: str = ""
    """A language tag; empty for the active one."""
    direction: Direction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """All the layout needs; a page passes it as `shell`."""

    organisation_name: str
    person_name: str
    logo_url: str | None = None
    stylesheet_href: str | None = None
    """The kit's stylesheet with the organisation's accent: `portico.ui.brand.stylesheet_href(accent)`."""
    home_href: str = "/"
    customer_name: str = ""
    account_id: str = ""
    """Whose pages these are; htmx says it with each request (access/tabs.py)."""
    menu: tuple[MenuEntry, ...] = ()
    account_menu: tuple[MenuEntry, ...] = ()
    switches: tuple[Switch, ...] = ()
    switch_action: str = ""
    sign_out_href: str = ""
    theme_action: str = ""
    """Where the choice of light or dark is posted (`theme`, `next`); empty: it is kept on this device alone."""
    notice: Notice | None = None
    footer: tuple[FooterLine, ...] = ()
    staff_preview: str = ""
    """Said in a strip above everything while staff look on: “You see what Greenleaf sees.” Empty otherwise."""
    leave_preview_href: str = ""
    theme: Theme | None = None
    language: str = ""
    """A language tag; empty for the active one."""
    direction: Direction | None = None

    @property
    def quick_menu(self) -> tuple[MenuEntry, ...]:
        """The entries of the tab bar."""
        quick = [entry for entry in self.menu if entry.quick][:4]
        # Who may not see billing has few of them; the first of the others fill the bar.
        others = [entry for entry in self.menu if not entry.quick][: 4 - len(quick)]
        return tuple(entry for entry in self.menu if entry in quick or entry in others)
