"""Sample figures, people and forms for the gallery: what each part of the kit is shown with."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms

from portico.kit.money import Money
from portico.ui.charts import Part, Period
from portico.ui.shell import Brand, FooterLine, MenuEntry, Notice, Shell, Switch

TODAY = date(2026, 11, 24)


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(Decimal(amount), "USD")


SHELL = Shell(
    organisation_name="Northwind Traders",
    person_name="Maya Chen",
    customer_name="Greenleaf Gardens Ltd",
    menu=(
        MenuEntry(label="Home", href="#", icon="home", quick=True),
        MenuEntry(
            label="Invoices", href="#", icon="invoice", current=True, count=5, count_says="to pay", quick=True
        ),
        MenuEntry(label="Sales orders", href="#", icon="order", quick=True, short_label="Orders"),
        MenuEntry(label="Retainer invoices", href="#", icon="retainer", count=1, count_says="to pay"),
        MenuEntry(label="Credit notes", href="#", icon="credit"),
        MenuEntry(label="Payments made", href="#", icon="card"),
        MenuEntry(label="Statements", href="#", icon="statement", line_before=True, quick=True),
        MenuEntry(label="Documents", href="#", icon="folder"),
    ),
    account_menu=(
        MenuEntry(label="Profile and notifications", href="#", icon="user"),
        MenuEntry(label="Where you are signed in", href="#", icon="globe"),
    ),
    switches=(
        Switch(name="Greenleaf Gardens Ltd", value="1", detail="Northwind Traders", current=True),
        Switch(name="Greenleaf Nurseries LLC", value="2", detail="Harbour Supplies"),
    ),
    switch_action="#",
    sign_out_href="#",
    theme_action="#",
    notice=Notice(
        title="Our warehouse is closed on 26 and 27 November.", text="Orders confirmed by noon still ship."
    ),
    footer=(
        FooterLine(text="Northwind Traders, 1200 Harbor Avenue SW, Seattle, WA 98126"),
        FooterLine(text="Privacy", href="#"),
    ),
    staff_preview="You see what Greenleaf Gardens Ltd sees.",
    leave_preview_href="#",
)

BRAND = Brand(
    organisation_name="Northwind Traders",
    contact="Need a person? Call +1 206 555 0142, Monday to Friday, 8:00 to 17:00 Pacific.",
    email="ar@northwind.example",
)

SPRITE = Path(__file__).parent.parent / "static" / "portico" / "icons.svg"
ICONS = re.findall(r'<symbol id="i-([a-z]+)"', SPRITE.read_text(encoding="utf-8"))

PERIODS = [
    Period(label, f"{label} {year}", usd(invoiced), usd(paid))
    for label, year, invoiced, paid in (
        ("Dec", 2025, "6240.00", "7110.00"),
        ("Jan", 2026, "3980.00", "5420.00"),
        ("Feb", 2026, "7615.00", "4280.00"),
        ("Mar", 2026, "11340.00", "7615.00"),
        ("Apr", 2026, "14980.00", "10900.00"),
        ("May", 2026, "13260.00", "15420.00"),
        ("Jun", 2026, "9875.00", "12300.00"),
        ("Jul", 2026, "7450.00", "9875.00"),
        ("Aug", 2026, "6920.00", "7450.00"),
        ("Sep", 2026, "8310.00", "6270.00"),
        ("Oct", 2026, "13840.00", "9120.00"),
        ("Nov", 2026, "9290.25", "0.00"),
    )
]

AGES = [
    Part("Not due yet", usd("13270.25"), "#"),
    Part("1 to 30 days late", usd("3210.00"), "#"),
    Part("31 to 60 days late", usd("940.25"), "#"),
    Part("61 to 90 days late", usd("0.00")),
    Part("Over 90 days late", usd("120.00"), "#"),
]

ROWS: list[dict[str, Any]] = [
    {
        "number": "INV-2087",
        "order": "PO 7802",
        "issued": date(2026, 10, 12),
        "due": date(2026, 11, 11),
        "status": ("Overdue", "overdue"),
        "total": usd("3210.00"),
        "balance": usd("3210.00"),
        "picked": True,
        "refused": False,
    },
    {
        "number": "INV-2093",
        "order": "PO 7815",
        "issued": date(2026, 10, 27),
        "due": date(2026, 11, 26),
        "status": ("Part paid", "part"),
        "total": usd("6480.00"),
        "balance": usd("3980.00"),
        "picked": True,
        "refused": False,
    },
    {
        "number": "INV-2059",
        "order": "PO 7731",
        "issued": date(2026, 9, 14),
        "due": date(2026, 12, 14),
        "status": ("On its way", "pending"),
        "total": usd("940.25"),
        "balance": usd("940.25"),
        "picked": False,
        "refused": True,
    },
]


class SampleForm(forms.Form):
    """One field of each kind."""

    order = forms.CharField(label="Purchase order", required=False, help_text="Appears on your invoice.")
    amount = forms.DecimalField(label="Amount", max_value=Decimal("7425.50"))
    country = forms.ChoiceField(label="Country", choices=[("US", "United States"), ("CA", "Canada")])
    due = forms.DateField(label="Due by", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    how = forms.ChoiceField(
        label="How much",
        choices=[("all", "Full amount"), ("part", "Another amount")],
        widget=forms.RadioSelect,
    )
    kinds = forms.MultipleChoiceField(
        label="Tell me about",
        choices=[("a", "Invoices"), ("b", "Receipts")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="Save this card", help_text="Only people who can pay will see it.")


def context() -> dict[str, Any]:
    """Everything ui/gallery.html asks for."""
    return {
        "shell": SHELL,
        "today": TODAY,
        "usd": usd,
        "other_money": [
            Money(Decimal("-408.00"), "USD"),
            Money(Decimal("12840.30"), "EUR"),
            Money(Decimal(1250000), "JPY"),
            Money(Decimal("1210.125"), "KWD"),
            Money(Decimal("999999999999.99"), "INR"),
        ],
        "icons": ICONS,
        "periods": PERIODS,
        "ages": AGES,
        "rows": ROWS,
        "form": SampleForm(
            {
                "sample-amount": "8000",
                "sample-country": "US",
                "sample-due": "2026-12-31",
                "sample-how": "all",
                "sample-kinds": ["a"],
            },
            prefix="sample",
        ),
        "empty_form": SampleForm(prefix="blank"),
        "moments": [
            datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
            datetime(2026, 11, 4, 11, 5, tzinfo=UTC),
            datetime(2026, 10, 27, 9, 12, tzinfo=UTC),
        ],
    }
