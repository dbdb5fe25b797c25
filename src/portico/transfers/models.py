"""How to pay by hand, and what a customer says they have sent: a notice, for invoices or a retainer invoice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, Owned, PortalWrites, Tenancy
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.states import Moves


class ByHand(models.TextChoices):
    """How money is sent without a gateway; the values are those of PaymentMode."""

    TRANSFER = "bank_transfer", "Bank transfer"
    CHEQUE = "cheque", "Cheque"
    CASH = "cash", "Cash"


class TransferWay(Owned):
    """What the organisation tells its customers about one way to pay by hand: bank details, where to send a cheque."""

    tenancy = Tenancy.ORGANISATION
    asks = Permission.VIEW_BILLING

    mode = models.CharField(max_length=14, choices=ByHand)
    instructions = models.TextField(max_length=2000)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "mode"], name="transfer_way_once"),
            models.CheckConstraint(condition=~Q(instructions=""), name="transfer_way_says_how"),
        ]

    def __str__(self) -> str:
        return ByHand(self.mode).label


class NoticeState(models.TextChoices):
    """How a notice stands."""

    AWAITING = "awaiting", "Awaiting confirmation"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Not found"
    WITHDRAWN = "withdrawn", "Withdrawn"


_S = NoticeState
NOTICE_MOVES = Moves(
    "notice of a payment", {_S.AWAITING: frozenset({_S.CONFIRMED, _S.REJECTED, _S.WITHDRAWN})}
)


class TransferNotice(CustomerOwned):
    """“We have sent you this”: reserves what it is for until staff confirm or reject it, or it is withdrawn."""

    asks = Permission.VIEW_BILLING
    # Through a link they only count as on their way, so that nobody pays the same balance beside them.
    by_link = ByLink(through=("transfers.NoticePart.notice",))
    portal_writes = PortalWrites(
        adds="state = 'awaiting' AND payment_id IS NULL AND contact_person_id = portico_contact()",
        changes=(
            "state",
            "decided_at",
            "decided_by",
            "proof_name",
            "proof_type",
            "proof_size",
            "proof_key",
        ),
        becomes="state IN ('awaiting', 'withdrawn')",
    )

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    submission_key = models.UUIDField(help_text="From the form: the same submission is the same notice.")
    reference = models.CharField(max_length=12, help_text="What the customer was asked to quote.")
    mode = models.CharField(max_length=14, choices=ByHand)
    currency = models.CharField(max_length=3)
    amount = MoneyField(help_text="As the customer says.")
    sent_on = models.DateField()
    own_reference = models.CharField(
        max_length=100, blank=True, help_text="What the customer's bank or cheque says."
    )
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.AWAITING)
    reason = models.CharField(
        max_length=200, blank=True, help_text="Why it was rejected; the customer reads it."
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True)
    payment = models.OneToOneField(
        "payments.Payment", on_delete=models.PROTECT, null=True, related_name="transfer_notice"
    )
    proof_name = models.CharField(max_length=150, blank=True, help_text="As people see it, made safe.")
    proof_type = models.CharField(max_length=100, blank=True, help_text="Judged by the content.")
    proof_size = models.PositiveBigIntegerField(default=0, help_text="In bytes.")
    proof_key = models.CharField(max_length=120, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "submission_key"], name="transfer_notice_sent_once"),
            models.UniqueConstraint(fields=["organisation", "reference"], name="transfer_reference_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_notice_above_zero"),
            models.CheckConstraint(
                condition=Q(state="confirmed", payment__isnull=False)
                | (~Q(state="confirmed") & Q(payment__isnull=True)),
                name="transfer_confirmed_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(state="awaiting", decided_at__isnull=True)
                | (~Q(state="awaiting") & Q(decided_at__isnull=False)),
                name="transfer_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="transfer_rejected_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "created_at"],
                name="transfer_awaiting",
                condition=Q(state="awaiting"),
            ),
            models.Index(fields=["customer", "-created_at"], name="transfer_by_customer"),
        ]

    def __str__(self) -> str:
        return self.reference


class NoticePart(CustomerOwned):
    """What a notice is for: an invoice or a retainer invoice, and how much of it."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("invoice_id", "retainer_id"))
    portal_writes = PortalWrites(adds="true")

    notice = models.ForeignKey(TransferNotice, on_delete=models.PROTECT, related_name="parts")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, null=True, related_name="+")
    retainer = models.ForeignKey(
        "retainers.RetainerInvoice", on_delete=models.PROTECT, null=True, related_name="+"
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_part_above_zero"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, retainer__isnull=True)
                | Q(invoice__isnull=True, retainer__isnull=False),
                name="transfer_part_is_of_one",
            ),
            models.UniqueConstraint(fields=["notice", "invoice", "retainer"], name="transfer_part_once"),
        ]
