"""Forms of the organisation's settings: portal preferences explained in groups, logo and colour with a preview."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar, Final

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portico.access.hosts import front_door
from portico.kit.errors import InvalidError
from portico.office.forms.base import OfficeForm, dress
from portico.office.forms.simple import PREFERENCE_NAMES, model_fields
from portico.organisations.logo import logo_type
from portico.organisations.models import COLOUR, PORTAL_NAME, Organisation, Preferences
from portico.organisations.previews import preview

_EXPLAINED: Final[dict[str, Any]] = {
    "banner_message": _(
        "Shown above every page of the portal. Plain text; web addresses become links. Empty: none."
    ),
    "require_second_factor": _(
        "Everybody, staff too, adds a passkey or an authenticator app before they see anything of yours."
    ),
    "prevent_duplicate_payments": _("While a payment of an invoice is on its way, a second one is refused."),
    "allow_sign_up": _(
        "Whoever has a contact person's e-mail address can get a login without waiting for an invitation."
    ),
    "notify_staff_by_email": _(
        "First views, comments, payments, uploads and changes; each of the staff can choose."
    ),
    "notify_staff_in_app": _("The same, in the office, with a count of what nobody has read."),
    "email_staff_comments": _("The contact persons who may see the document get an e-mail with the comment."),
    "customers_may_upload": _("Off: customers see what you share, and their details, but change nothing."),
    "customers_may_forward": _("Customers send a document to somebody else, who becomes a contact person."),
    "customers_may_pay_several": _("Off: one invoice at a time, and Home offers no payment of everything."),
    "customer_reviews": _("Customers tell you, and only you, how they were served."),
    "show_sales_orders": _("Off: no menu entry, no card on Home, and links to orders lead nowhere."),
    "show_credit_notes": _("Off: no menu entry, and links to credit notes lead nowhere."),
    "links_verify_identity": _("A link to one document asks for a code sent to the address it was sent to."),
    "show_subscriptions": _("Off: no menu entry, and links to subscriptions lead nowhere."),
    "customers_may_save_methods": _("Off: cards and accounts are typed anew for each payment."),
    "customers_may_apply_credits": _("Off: only staff apply credit notes and retainers to invoices."),
}


class PreferencesForm(OfficeForm):
    """The seventeen portal preferences (S2), each with what it does; the banner can be looked at before it is shown."""

    can_preview: ClassVar[bool] = True
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        (str(_("Name and banner")), ("portal_name", "banner_message")),
        (
            str(_("Who comes in, and how")),
            ("require_second_factor", "allow_sign_up", "links_verify_identity"),
        ),
        (
            str(_("What customers see")),
            ("show_sales_orders", "show_credit_notes", "show_subscriptions", "customer_reviews"),
        ),
        (
            str(_("Paying")),
            (
                "prevent_duplicate_payments",
                "customers_may_pay_several",
                "customers_may_save_methods",
                "customers_may_apply_credits",
            ),
        ),
        (str(_("Files and details")), ("customers_may_upload", "customers_may_forward")),
        (
            str(_("Hearing of it")),
            ("notify_staff_by_email", "notify_staff_in_app", "email_staff_comments"),
        ),
    )

    def __init__(self, row: Preferences, submitted: Any) -> None:
        self._organisation = row.organisation
        names = ("portal_name", *PREFERENCE_NAMES)
        values = {"portal_name": row.organisation.portal_name}
        super().__init__(submitted, initial=values | {name: getattr(row, name) for name in PREFERENCE_NAMES})
        checked = row.organisation.own_domain if row.organisation.own_domain_checked_at else ""
        where = front_door(row.organisation.portal_name, checked)
        self.fields["portal_name"] = forms.CharField(
            required=False,
            min_length=5,
            max_length=30,
            validators=[PORTAL_NAME],
            label=_("Portal name"),
            help_text=_("Now at %(where)s. After a change the old address leads to the new one.")
            % {"where": where},
        )
        self.fields |= model_fields(Preferences, PREFERENCE_NAMES)
        for name in names:
            self.fields[name].help_text = _EXPLAINED.get(name, self.fields[name].help_text)
            dress(self.fields[name])

    def clean(self) -> dict[str, Any]:
        """An empty portal name is no change of it."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("portal_name"):
            data.pop("portal_name", None)
        return data

    @property
    def preview(self) -> SafeString | str:
        """A page with the banner, once “Preview” was pressed."""
        if not (self.is_bound and "preview" in self.data and self.is_valid()):
            return ""
        return preview(self._organisation, banner=self.cleaned_data["banner_message"])


class BrandForm(OfficeForm):
    """Accent colour and logo, to be looked at before they are saved."""

    can_preview: ClassVar[bool] = True
    accent_colour = forms.CharField(
        required=False,
        validators=[COLOUR],
        label=_("Accent colour"),
        help_text=_(
            "Written like #005a6b. Its lightness is fitted so that text and buttons stay easy to read."
        ),
    )
    logo = forms.FileField(
        required=False,
        label=_("Logo"),
        help_text=_("PNG, JPEG or SVG, up to 500 KB. None: the present one stays."),
    )
    remove_logo = forms.BooleanField(required=False, label=_("Show no logo"))
    kept_logo = forms.CharField(required=False, widget=forms.HiddenInput, label="")

    def __init__(self, organisation: Organisation, submitted: Any) -> None:
        self._organisation = organisation
        super().__init__(submitted, initial={"accent_colour": organisation.accent_colour})

    def clean(self) -> dict[str, Any]:
        """Read the logo, or the one that was looked at; a browser does not send a file twice."""
        data: dict[str, Any] = super().clean() or {}
        content = data["logo"].read() if data.get("logo") else _decoded(data.get("kept_logo", ""))
        if content and not data.get("remove_logo"):
            try:
                data["logo_type"] = logo_type(content)
            except InvalidError as error:
                self.add_error("logo", error.message)
                content = b""
        data["new_logo"] = b"" if data.get("remove_logo") else content or None
        kept = base64.b64encode(content).decode() if content else ""
        self.data = {**self.data.dict(), "kept_logo": kept}  # type: ignore[attr-defined] # a QueryDict
        return data

    @property
    def preview(self) -> SafeString | str:
        """The sign-in page and Home as they would look, once “Preview” was pressed."""
        if not (self.is_bound and "preview" in self.data and self.is_valid()):
            return ""
        content = self.cleaned_data["new_logo"]
        logo = None if content is None else (content, self.cleaned_data.get("logo_type", ""))
        return preview(self._organisation, accent=self.cleaned_data["accent_colour"], logo=logo, sign_in=True)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
