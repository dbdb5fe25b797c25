"""Files go both ways, are seen by their own customer, and tell the other side."""

from __future__ import annotations

import datetime as dt
import io
from unittest.mock import ANY

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.notifications.look import blocks
from portico.notifications.models import Mail, Notification
from portico.organisations.actions import edit_preferences
from portico.sharing.files.actions import mark_opened, remove_file, restore_file, share_file
from portico.sharing.files.jobs import purge, sweep
from portico.sharing.files.models import SharedFile
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.together import together

PDF = b"%PDF-1.4\n%the rest does not matter"


def from_olive(world: World, name: str = "prices.pdf", *, needs_billing: bool = False) -> SharedFile:
    """A file that Olive shares with Greenleaf."""
    return share_file(
        actor=world.olive,
        customer_id=world.greenleaf.pk,
        name=name,
        content=io.BytesIO(PDF),
        needs_billing=needs_billing,
    )


def from_maya(world: World, name: str = "certificate.pdf", note: str = "") -> SharedFile:
    """A file that Maya sends to Northwind."""
    return share_file(
        actor=world.maya, customer_id=world.greenleaf.pk, name=name, content=io.BytesIO(PDF), note=note
    )


def sent(client: Client, *files: tuple[str, bytes], **more: str) -> object:
    """What the page of documents answers to these files."""
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/documents/", {"file": given, **more})


def test_maya_sends_a_certificate_and_staff_are_told(world: World) -> None:
    client = signed_in(world.maya)
    assert sent(client, ("certificate.pdf", PDF), note="Resale certificate").status_code == 302  # type: ignore[attr-defined]
    page = client.get("/documents/")
    assert "certificate.pdf" in page.content.decode()
    with scope(world.olive):
        file = SharedFile.objects.get(customer=world.greenleaf)
        told = Notification.objects.get(event="file_uploaded")
        assert AuditRecord.objects.filter(action="share_file", object_id=file.pk).exists()
    assert (file.side, file.shared_by, file.size) == ("customer", "Maya", len(PDF))
    assert "Maya of Greenleaf Gardens Ltd sent the file certificate.pdf" in told.title
    assert told.body == "Maya:\n“Resale certificate”"
    download = signed_in(world.olive).get(f"/office/files/{file.pk}/download/")
    assert b"".join(download.streaming_content) == PDF  # type: ignore[attr-defined]


def test_olive_shares_a_price_list_and_greenleaf_is_told_by_mail(world: World) -> None:
    file = from_olive(world)
    with scope(world.olive):
        mails = Mail.objects.filter(key__startswith=f"file:{file.pk}")
        assert {mail.to for mail in mails} == {world.email("maya"), world.email("leo")}
        assert f"/documents/{file.pk}/" in mails[0].text
    download = signed_in(world.leo).get(f"/documents/{file.pk}/download")
    assert b"".join(download.streaming_content) == PDF  # type: ignore[attr-defined]
    with scope(world.olive):
        file.refresh_from_db()
    assert (file.opened_by, file.opened_at) == ("Leo", ANY)


def test_what_is_only_for_billing_is_not_there_for_leo(world: World) -> None:
    file = from_olive(world, needs_billing=True)
    with scope(world.olive):
        assert [mail.to for mail in Mail.objects.filter(key__startswith=f"file:{file.pk}")] == [
            world.email("maya")
        ]
    leo, maya = signed_in(world.leo), signed_in(world.maya)
    assert leo.get(f"/documents/{file.pk}/").status_code == 404
    assert leo.get(f"/documents/{file.pk}/download").status_code == 404
    assert "prices.pdf" not in leo.get("/documents/").content.decode()
    assert "prices.pdf" not in leo.get("/").content.decode()
    assert maya.get(f"/documents/{file.pk}/").status_code == 200


def test_ines_sees_nothing_of_greenleafs(world: World) -> None:
    file = from_maya(world)
    ines = signed_in(world.ines)
    for part in ("", "download", "preview", "page", "picture"):
        assert ines.get(f"/documents/{file.pk}/{part}").status_code == 404
    with pytest.raises(NotFoundError):
        share_file(actor=world.ines, customer_id=world.greenleaf.pk, name="a.pdf", content=io.BytesIO(PDF))


def test_a_download_is_saved_and_never_run(world: World) -> None:
    file = from_olive(world, "Preise für „Grün“.pdf")
    answer = signed_in(world.maya).get(f"/documents/{file.pk}/download")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Preise%20f%C3%BCr")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == str(len(PDF))


def test_of_several_files_the_good_ones_are_taken_and_the_bad_ones_named(world: World) -> None:
    client = signed_in(world.maya)
    answer = sent(client, ("good.pdf", PDF), ("bad.pdf", b"<html>"), ("none.txt", b""), note="Papers")
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "“bad.pdf” cannot be taken" in page
    assert "“none.txt” is empty" in page
    assert "1 file was taken." in page
    assert 'value="Papers"' in page
    with scope(world.olive):
        assert [file.name for file in SharedFile.objects.filter(customer=world.greenleaf)] == ["good.pdf"]


def test_a_script_is_answered_with_the_reason(world: World) -> None:
    client = signed_in(world.maya)
    given = SimpleUploadedFile("page.pdf", b"<html>")
    refused = client.post("/documents/", {"file": given}, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert "web page" in refused.json()["detail"]
    given = SimpleUploadedFile("page.pdf", PDF)
    assert (
        client.post("/documents/", {"file": given}, headers={"Accept": "application/json"}).status_code == 201
    )


def test_a_file_over_the_limit_is_refused_with_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_FILE_BYTES", 1_000_000)
    answer = sent(signed_in(world.maya), ("long.pdf", PDF + b"0" * 1_000_000))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "“long.pdf” is too large. A file may have up to 1 MB." in answer.content.decode()  # type: ignore[attr-defined]


def test_a_request_over_the_limit_is_not_even_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_REQUEST_BYTES", 100_000)
    answer = sent(signed_in(world.maya), ("long.pdf", PDF + b"0" * 300_000))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "That is too much at once." in answer.content.decode()  # type: ignore[attr-defined]
    with scope(world.olive):
        assert not SharedFile.objects.filter(customer=world.greenleaf).exists()


def test_where_customers_may_not_upload_nothing_is_offered_and_nothing_taken(world: World) -> None:
    edit_preferences(actor=world.olive, customers_may_upload=False)
    client = signed_in(world.maya)
    assert "Send a file" not in client.get("/documents/").content.decode()
    assert "Send a file" not in client.get("/").content.decode()
    assert sent(client, ("a.pdf", PDF)).status_code == 403  # type: ignore[attr-defined]
    from_olive(world)
    assert "prices.pdf" in client.get("/documents/").content.decode()
    edit_preferences(actor=world.olive, customers_may_upload=True)
    assert "Send a file" in client.get("/documents/").content.decode()
    assert sent(client, ("a.pdf", PDF)).status_code == 302  # type: ignore[attr-defined]


def test_two_who_send_at_once_cannot_both_take_the_last_of_the_space(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_SPACE_BYTES", len(PDF) + 10)
    answers = together(lambda: from_maya(world), lambda: from_maya(world))
    refused = [each for each in answers if isinstance(each, InvalidError)]
    assert len(refused) == 1
    assert "no space left" in refused[0].message
    kept = default_storage.listdir(f"shared/{world.organisation.pk}")[1]
    assert len(kept) == 1, "what was not taken is not kept"


def test_maya_removes_what_she_sent_and_brings_it_back(world: World) -> None:
    file = from_maya(world)
    client = signed_in(world.maya)
    answer = client.post(f"/documents/{file.pk}/remove", follow=True)
    assert "Bring it back" in answer.content.decode()
    assert client.get(f"/documents/{file.pk}/").status_code == 404
    assert client.post(f"/documents/{file.pk}/restore").status_code == 302
    assert client.get(f"/documents/{file.pk}/").status_code == 200


def test_where_customers_may_not_upload_what_was_sent_earlier_stays(world: World) -> None:
    kept, removed = from_maya(world), from_maya(world)
    remove_file(actor=world.maya, file=removed)
    edit_preferences(actor=world.olive, customers_may_upload=False)
    client = signed_in(world.maya)
    assert "/remove" not in client.get(f"/documents/{kept.pk}/").content.decode()
    assert client.post(f"/documents/{kept.pk}/remove").status_code == 403
    assert client.post(f"/documents/{removed.pk}/restore").status_code == 403
    remove_file(actor=world.olive, file=kept)


def test_a_note_of_a_customer_is_never_a_button_in_staffs_mail(world: World) -> None:
    note = "Open in the office: https://evil.example/"
    from_maya(world, note=note)
    with scope(world.olive):
        mail = Mail.objects.get(to=world.email("olive", "northwind"), key__startswith="staff:")
    assert not [each for each in blocks(mail.text) if "evil" in each.url]


def test_nobody_removes_what_is_not_theirs(world: World) -> None:
    olives, mayas = from_olive(world), from_maya(world)
    with pytest.raises(ForbiddenError):
        remove_file(actor=world.maya, file=olives)
    with pytest.raises(ForbiddenError):
        remove_file(actor=world.leo, file=mayas)
    remove_file(actor=world.maya, file=mayas)
    with pytest.raises(ConflictError):
        restore_file(actor=world.ines, file_id=mayas.pk)
    with pytest.raises(ForbiddenError):
        restore_file(actor=world.leo, file_id=mayas.pk)


def test_only_the_other_side_opens_a_file(world: World) -> None:
    file = from_maya(world)
    mark_opened(actor=world.leo, file=file)
    with scope(world.olive):
        file.refresh_from_db()
        assert file.opened_at is None
    mark_opened(actor=world.olive, file=file)
    with scope(world.olive):
        file.refresh_from_db()
        assert file.opened_by == "Olive"


def test_a_browser_that_reads_ahead_opens_nothing(world: World) -> None:
    file = from_olive(world)
    client = signed_in(world.maya)
    client.head(f"/documents/{file.pk}/download")
    client.get(f"/documents/{file.pk}/download", headers={"Sec-Purpose": "prefetch"})
    with scope(world.olive):
        file.refresh_from_db()
    assert file.opened_at is None


def test_a_month_after_removal_the_bytes_are_gone(world: World) -> None:
    file = from_maya(world)
    remove_file(actor=world.maya, file=file)
    assert purge(world.organisation.pk) == 0
    with scope(world.job):
        SharedFile.objects.filter(pk=file.pk).update(removed_at=clock.now() - dt.timedelta(days=31))
    assert purge(world.organisation.pk) == 1
    assert not default_storage.exists(file.storage_key)
    with pytest.raises(ConflictError):
        restore_file(actor=world.maya, file_id=file.pk)


def test_what_an_interrupted_upload_left_is_swept_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = from_maya(world)
    folder = f"shared/{world.organisation.pk}"
    default_storage.save(f"{folder}/orphan", io.BytesIO(PDF))
    assert sweep(world.organisation.pk) == 0, "it may still be on its way"
    monkeypatch.setattr("portico.sharing.files.jobs.ABANDONED", dt.timedelta(0))
    assert sweep(world.organisation.pk) == 1
    assert default_storage.exists(file.storage_key)
