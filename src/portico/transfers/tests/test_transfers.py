"""A customer pays by transfer: says what was sent, and staff confirm or reject it; nothing is paid twice (S6.9)."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.kit.states import IllegalMoveError
from portico.notifications.models import Mail, Notification
from portico.payments.actions.start import OnItsWayError, PayLine
from portico.payments.models import Payment
from portico.payments.tests.making import card_account, start
from portico.testing.books import A_DAY, Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.together import together
from portico.transfers.actions import (
    Said,
    confirm_notice,
    reject_notice,
    report_transfer,
    set_way,
    withdraw_notice,
)
from portico.transfers.models import NoticeState, TransferNotice
from portico.transfers.proofs import Proof, add_proof
from portico.transfers.references import is_reference, reference_for

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _storage(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


@pytest.fixture
def books(world: World) -> Books:
    """Greenleaf's, at an organisation that takes transfers."""
    set_way(
        actor=world.olive,
        mode="bank_transfer",
        instructions="IBAN DE89 3704 0044 0532 0130 00",
        is_offered=True,
    )
    return Books(world.olive, world.greenleaf)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def said(
    world: World, *lines: tuple[Invoice, str], key: Any = None, proof: Proof | None = None
) -> TransferNotice:
    """Maya says that she has sent this."""
    return report_transfer(
        actor=world.maya,
        submission_key=key or new_id(),
        lines=[PayLine(invoice.pk, usd(part)) for invoice, part in lines],
        said=Said("bank_transfer", A_DAY, "Order 7"),
        proof=proof,
    )


def test_what_was_sent_awaits_confirmation_and_cannot_be_paid_a_second_time(
    world: World, books: Books
) -> None:
    invoice = books.invoice("100.00")
    account = card_account(world)
    notice = said(world, (invoice, "100.00"))
    assert notice.state == NoticeState.AWAITING
    assert is_reference(notice.reference)
    with pytest.raises(OnItsWayError):
        start(world.maya, account, (invoice, "100.00"))
    with pytest.raises(OnItsWayError):
        said(world, (invoice, "100.00"))
    browser = signed_in(world.maya)
    for where in ("/", "/payments/", f"/invoices/{invoice.pk}/"):
        page = browser.get(where).content.decode()
        assert "awaiting confirmation" in page
        assert where == "/" or f"/pay/transfer/{notice.pk}/" in page
    withdraw_notice(actor=world.maya, notice=notice)
    assert start(world.maya, account, (invoice, "100.00")).amount == usd("100.00")
    with pytest.raises(IllegalMoveError):
        confirm_notice(actor=world.olive, notice=notice, amount=usd("100.00"), date=A_DAY)


def test_confirmed_money_becomes_one_payment_with_its_receipt_whoever_clicks_twice(
    world: World, books: Books
) -> None:
    first, second = books.invoice("60.00"), books.invoice("40.00")
    notice = said(world, (first, "60.00"), (second, "40.00"))

    def confirm() -> Payment:
        return confirm_notice(actor=world.olive, notice=notice, amount=usd("100.00"), date=A_DAY)

    outcomes = together(confirm, confirm)
    assert sorted(type(each).__name__ for each in outcomes) == ["IllegalMoveError", "Payment"]
    with scope(world.job):
        (payment,) = Payment.objects.filter(customer=world.greenleaf)
        notice.refresh_from_db()
        first.refresh_from_db()
        assert (notice.state, notice.payment_id) == (NoticeState.CONFIRMED, payment.pk)
        assert (payment.mode, payment.reference, first.balance) == ("bank_transfer", "Order 7", usd("0"))
        assert Mail.objects.filter(key=f"receipt/{payment.pk}").count() == 1
    books.assert_clean()


def test_what_was_said_and_not_found_stands_in_the_history_of_the_document(
    world: World, books: Books
) -> None:
    invoice = books.invoice("100.00")
    reject_notice(actor=world.olive, notice=said(world, (invoice, "60.00")), reason="Nothing came.")
    withdraw_notice(actor=world.maya, notice=said(world, (invoice, "70.00")))
    page = re.sub(r"<[^>]+>", "", signed_in(world.maya).get(f"/invoices/{invoice.pk}/").content.decode())
    for told in (
        "Maya says that $60.00 was sent",
        "$60.00 that you sent was not found",
        "takes back that $70.00",
    ):
        assert told in page


@pytest.mark.parametrize(
    ("came", "left", "credit"), [("70.00", "30.00", "0.00"), ("130.00", "0.00", "30.00")]
)
def test_what_came_counts_and_not_what_was_said(
    world: World, books: Books, came: str, left: str, credit: str
) -> None:
    invoice = books.invoice("100.00")
    payment = confirm_notice(
        actor=world.olive, notice=said(world, (invoice, "100.00")), amount=usd(came), date=A_DAY
    )
    with scope(world.job):
        invoice.refresh_from_db()
    assert (invoice.balance, payment.unused) == (usd(left), usd(credit))
    books.assert_clean()


def test_a_proof_can_be_sent_later_once_while_the_notice_awaits_its_answer(
    world: World, books: Books
) -> None:
    notice = said(world, (books.invoice("100.00"), "100.00"))
    maya, address = signed_in(world.maya), f"/pay/transfer/{notice.pk}/proof/add/"
    assert "Send the proof" in maya.get(f"/pay/transfer/{notice.pk}/").content.decode()
    for wrong in ({}, {"proof": SimpleUploadedFile("order.exe", b"MZ\x90\x00" * 40)}):
        answer = maya.post(address, wrong)
        assert (answer.status_code, "error" in answer.content.decode()) == (422, True)
    sent = [maya.post(address, {"proof": SimpleUploadedFile("order.pdf", PDF)}) for _ in range(2)]
    assert [each.status_code for each in sent] == [302, 409], "staff may have seen the first"
    page = maya.get(f"/pay/transfer/{notice.pk}/").content.decode()
    assert "order.pdf" in page
    assert "Send the proof" not in page
    office = signed_in(world.olive).get(reverse("admin:transfers_transfernotice_changelist"))
    assert "order.pdf" in office.content.decode()
    with scope(world.job):
        assert Notification.objects.filter(event="payment_notice_proof").count() == 1
    answered = said(world, (books.invoice("5.00"), "5.00"))
    withdraw_notice(actor=world.maya, notice=answered)
    with pytest.raises(ConflictError):
        add_proof(actor=world.maya, notice=answered, proof=Proof("order.pdf", io.BytesIO(PDF)))


def test_a_rejected_notice_frees_the_invoice_and_tells_who_sent_it(world: World, books: Books) -> None:
    invoice = books.invoice("100.00")
    notice = said(world, (invoice, "100.00"))
    with pytest.raises(InvalidError):
        reject_notice(actor=world.olive, notice=notice, reason="  ")
    rejected = reject_notice(actor=world.olive, notice=notice, reason="Nothing came by Friday.")
    assert rejected.state == NoticeState.REJECTED
    with scope(world.job):
        letter = Mail.objects.get(to=world.email("maya"), subject__contains=notice.reference)
        assert "Nothing came by Friday." in letter.text
    assert (
        "Nothing came by Friday." in signed_in(world.maya).get(f"/pay/transfer/{notice.pk}/").content.decode()
    )
    assert said(world, (invoice, "100.00")).reference != notice.reference


def test_the_same_form_is_one_notice_and_staff_are_told_once(world: World, books: Books) -> None:
    invoice, key = books.invoice("100.00"), new_id()
    assert said(world, (invoice, "50.00"), key=key).pk == said(world, (invoice, "50.00"), key=key).pk
    with scope(world.job):
        assert Notification.objects.filter(event="payment_notice").count() == 1


def test_only_who_may_pay_says_so_and_only_who_moves_money_confirms(world: World, books: Books) -> None:
    invoice = books.invoice("100.00")
    line = PayLine(invoice.pk, usd("100.00"))
    for actor, error in ((world.leo, ForbiddenError), (world.ines, NotFoundError)):
        with pytest.raises(error):
            report_transfer(
                actor=actor, submission_key=new_id(), lines=[line], said=Said("bank_transfer", A_DAY)
            )
    notice = said(world, (invoice, "100.00"))
    with pytest.raises(NotFoundError):
        withdraw_notice(actor=world.ines, notice=notice)
    with pytest.raises((ForbiddenError, ConflictError)):
        confirm_notice(actor=world.maya, notice=notice, amount=usd("100.00"), date=A_DAY)


def test_a_way_that_is_not_offered_and_a_day_to_come_are_refused(world: World, books: Books) -> None:
    line = PayLine(books.invoice("100.00").pk, usd("100.00"))
    tomorrow = clock.now().date() + timedelta(days=2)
    for told, field in ((Said("cash", A_DAY), "mode"), (Said("bank_transfer", tomorrow), "sent_on")):
        with pytest.raises(InvalidError) as refused:
            report_transfer(actor=world.maya, submission_key=new_id(), lines=[line], said=told)
        assert refused.value.field == field


def test_a_proof_is_judged_by_its_content(world: World, books: Books) -> None:
    invoice = books.invoice("100.00")
    with pytest.raises(InvalidError) as refused:
        said(world, (invoice, "100.00"), proof=Proof("order.pdf", io.BytesIO(b"MZ\x90\x00" + b"\0" * 99)))
    assert refused.value.field == "proof"
    notice = said(world, (invoice, "100.00"), proof=Proof("order.pdf", io.BytesIO(PDF)))
    answer = signed_in(world.maya).get(f"/pay/transfer/{notice.pk}/proof/")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert signed_in(world.ines).get(f"/pay/transfer/{notice.pk}/proof/").status_code == 404


def test_proofs_take_no_more_room_than_files_that_are_shared(
    world: World, books: Books, settings: Any
) -> None:
    settings.UPLOAD_SPACE_BYTES = 2 * len(PDF)
    invoice = books.invoice("100.00")
    for _turn in range(2):
        notice = said(world, (invoice, "100.00"), proof=Proof("order.pdf", io.BytesIO(PDF)))
        withdraw_notice(actor=world.maya, notice=notice)
    with pytest.raises(InvalidError) as refused:
        said(world, (invoice, "100.00"), proof=Proof("order.pdf", io.BytesIO(PDF)))
    assert refused.value.field == "proof"
    said(world, (invoice, "100.00"))


def test_maya_finds_the_way_on_the_page_of_paying_and_olive_confirms_in_the_office(
    world: World, books: Books
) -> None:
    invoice = books.invoice("100.00")
    browser = signed_in(world.maya)
    link = f"/pay/transfer/?invoice={invoice.pk}"
    assert link in browser.get(f"/pay/?invoice={invoice.pk}").content.decode()
    page = browser.get(link).content.decode()
    assert "IBAN DE89" in page
    quoted = re.search(r">\s*([2-9A-Z]{4}-[2-9A-Z]{4})\s*<", page)
    assert quoted
    form = {
        "submission_key": str(new_id()),
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "100.00",
        "mode": "bank_transfer",
        "sent_on": "2026-03-02",
        "own_reference": "",
        "proof": SimpleUploadedFile("order.pdf", PDF),
    }
    wrong = browser.post("/pay/transfer/", {**form, "sent_on": "", "proof": ""})
    assert wrong.status_code == 422
    sent = browser.post("/pay/transfer/", {**form, "proof": SimpleUploadedFile("order.pdf", PDF)})
    assert sent.status_code == 302
    with scope(world.job):
        notice = TransferNotice.objects.get(customer=world.greenleaf)
    assert notice.reference == quoted[1]
    office = signed_in(world.olive)
    shown = office.get(reverse("admin:transfers_transfernotice_changelist")).content.decode()
    assert notice.reference in shown
    assert "order.pdf" in shown
    before = office.get(f"/office/do/confirm-transfer/{notice.pk}/").content.decode()
    assert reverse("admin:download_proof", args=[notice.pk]) in before
    assert f"{invoice.number}: $100.00" in before
    done = office.post(
        f"/office/do/confirm-transfer/{notice.pk}/",
        {"amount": "100.00", "date": str(date(2026, 3, 4)), "reference": "MT940 17"},
    )
    assert done.status_code == 302
    assert "Confirmed" in browser.get(f"/pay/transfer/{notice.pk}/").content.decode()
    books.assert_clean()


def test_a_mistyped_reference_is_noticed() -> None:
    made = reference_for(new_id(), [new_id()], 0)
    assert is_reference(made.lower().replace("-", " "))
    for place in (0, 3, 5):
        other = "2" if made[place] != "2" else "3"
        assert not is_reference(made[:place] + other + made[place + 1 :])
    if made[0] != made[1]:
        assert not is_reference(made[1] + made[0] + made[2:])
