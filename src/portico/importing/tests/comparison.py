"""The books of an organisation against the independent sum over the file it was imported from."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.customers.models import Customer
from portico.importing.report import Report
from portico.importing.tests.independent_sum import Sums
from portico.invoices.models import Invoice
from portico.ledger.models import Account, Balance
from portico.ledger.selfcheck import selfcheck


def differences(actor: JobActor, sums: Sums, report: Report) -> list[str]:
    """Where the books, the report and the independent sum say different things; empty when they agree.

    Only what was imported is looked at: customers that have a number.
    """
    with scope(actor):
        found = {
            "invoices": (Invoice.objects.exclude(customer__customer_number="").count(), sums.invoices),
            "credit notes": (
                CreditNote.objects.exclude(customer__customer_number="").count(),
                sums.credit_notes,
            ),
            "customers": (Customer.objects.exclude(customer_number="").count(), len(sums.totals)),
        }
    found["reported invoices"] = (report.invoices.new, sums.invoices)
    found["reported credit notes"] = (report.credit_notes.new, sums.credit_notes)
    found["reported rejects"] = (report.rejected_documents, len(sums.rejected))
    different = [f"{name}: {ours}, not {theirs}" for name, (ours, theirs) in found.items() if ours != theirs]
    for name, ours in (("documents", document_totals(actor)), ("ledger", ledger_positions(actor))):
        different += [
            f"{name} of {number}: {ours.get(number)}, not {sums.totals.get(number)}"
            for number in sorted({*ours, *sums.totals})
            if ours.get(number) != sums.totals.get(number)
        ]
    return different + [f"selfcheck: {finding}" for finding in selfcheck(actor.organisation_id)]


def document_totals(actor: JobActor) -> dict[str, Decimal]:
    """Invoices less credit notes by customer number, from the documents."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with scope(actor):
        for model, sign in ((Invoice, 1), (CreditNote, -1)):
            rows = model.objects.exclude(customer__customer_number="")
            for number, amount in rows.values_list("customer__customer_number").annotate(Sum("total")):
                sums[number] += sign * amount
    return dict(sums)


def ledger_positions(actor: JobActor) -> dict[str, Decimal]:
    """Receivable less credit by customer number, from the ledger; nobody has paid yet."""
    with scope(actor):
        numbers = dict(Customer.objects.exclude(customer_number="").values_list("pk", "customer_number"))
        sums = dict.fromkeys(numbers.values(), Decimal(0))
        for row in Balance.objects.filter(account__in=[Account.RECEIVABLE, Account.CREDIT]):
            if row.customer_id in numbers:
                sums[numbers[row.customer_id]] += row.amount.amount
    return sums
