"""Paying by transfer, cheque or cash in the access matrix."""

from __future__ import annotations

import io
from typing import Final
from uuid import UUID

from portico.kit.ids import new_id
from portico.payments.lines import PayLine
from portico.testing.books import A_DAY, Books
from portico.testing.people import World
from portico.transfers.actions import Said, report_transfer, set_way
from portico.transfers.proofs import Proof
from tests.access.answers import EVERY_ROLE, MONEY, OWNER, PAYER_GET, THEIRS, Route

ROUTES: Final = (
    Route("GET", "transfer_report", PAYER_GET, data={"invoice": "{hand_invoice}"}),
    Route(
        "POST",
        "transfer_report",
        PAYER_GET.replace("200", "422"),
        data={"invoice": "{hand_invoice}"},
        why="no amount is named",
    ),
    Route("GET", "transfer_notice", THEIRS, ("notice",)),
    Route("GET", "transfer_proof", THEIRS, ("notice",)),
    Route(
        "POST",
        "transfer_proof_add",
        PAYER_GET.replace("200", "422"),
        ("notice",),
        why="no file is sent",
    ),
    Route("POST", "transfer_withdraw", PAYER_GET.replace("200", "302"), ("notice",)),
)
OFFICE_PAGES: Final = {
    "set-transfer-way": ("", OWNER),
    "edit-transfer-way": ("transfer_way", OWNER),
    "confirm-transfer": ("second_notice", MONEY),
    "reject-transfer": ("second_notice", MONEY),
}
OFFICE_LISTS: Final = {"transfers_transfernotice": "notice", "transfers_transferway": "transfer_way"}
OFFICE_OTHERS: Final = {"download_proof": ("notice", EVERY_ROLE, 200)}


def things(world: World) -> dict[str, UUID | str]:
    """Two notices of Maya's, and an invoice that could be paid by hand."""
    way = set_way(actor=world.olive, mode="cheque", instructions="To our office.", is_offered=True)
    books = Books(world.olive, world.greenleaf)
    made = {}
    for name in ("notice", "second_notice"):
        invoice = books.invoice("9.00")
        notice = report_transfer(
            actor=world.maya,
            submission_key=new_id(),
            lines=[PayLine(invoice.pk, invoice.balance)],
            said=Said("cheque", A_DAY),
            proof=Proof("order.txt", io.BytesIO(b"Paid 9.00\n")),
        )
        made[name] = notice.pk
    return {**made, "transfer_way": way.pk, "hand_invoice": str(books.invoice("8.00").pk)}
