"""Shared documents: the list with its upload, one file with its preview, downloads (S9.1)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import page, portal_of
from portico.kit.errors import InvalidError, NotFoundError, PorticoError
from portico.sharing.files.actions import (
    check_may_share,
    mark_opened,
    may_remove,
    remove_file,
    restore_file,
    share_file,
    too_large,
)
from portico.sharing.files.content import ACCEPT, type_of
from portico.sharing.files.listing import FILES, LISTING
from portico.sharing.files.models import SharedFile
from portico.sharing.files.previews import page_count, page_picture
from portico.sharing.files.queries import file_list
from portico.sharing.files.receiving import was_too_large
from portico.sharing.files.serving import as_download, lock
from portico.sharing.files.zipping import chosen_files, zip_of_files
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import contact_of, page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.viewing import is_view
from portico.transactions.views.files import picked_ids
from portico.transactions.views.listing import list_tools, to_default

MOST_AT_ONCE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def documents(request: PortalRequest) -> HttpResponse:
    """GET: the list. POST: take the files that are sent; those that cannot be taken are named, the others kept."""
    actor = contact_of(request)
    if request.method != "POST":
        return _list(request)
    check_may_share(actor)
    files = [] if was_too_large(request) else request.FILES.getlist("file")
    errors = _receive(request, files)
    if not errors:
        messages.success(
            request,
            ngettext("Thank you. The file is here.", "Thank you. All %(count)d files are here.", len(files))
            % {"count": len(files)},
        )
        if "json" in request.headers.get("Accept", ""):
            return HttpResponse(status=201)
        return redirect("documents")
    if "json" in request.headers.get("Accept", ""):
        raise errors[0]
    return _list(request, errors)


def _receive(request: PortalRequest, files: list[UploadedFile[bytes]]) -> list[PorticoError]:
    actor = contact_of(request)
    if was_too_large(request):
        return [too_large("")]
    if not files:
        return [InvalidError(_("Choose a file first."), field="file")]
    if len(files) > MOST_AT_ONCE:
        return [
            InvalidError(_("Send at most %(count)d files at once.") % {"count": MOST_AT_ONCE}, field="file")
        ]
    errors: list[PorticoError] = []
    for each in files:
        assert each.file is not None
        try:
            share_file(
                actor=actor,
                customer_id=actor.customer_id,
                name=each.name or "",
                content=each.file,
                note=request.POST.get("note", ""),
            )
        except PorticoError as error:
            errors.append(error)
    if errors and len(errors) < len(files):
        messages.success(
            request,
            ngettext("%(count)d file was taken.", "%(count)d files were taken.", len(files) - len(errors))
            % {"count": len(files) - len(errors)},
        )
    return errors


def _list(request: PortalRequest, errors: list[PorticoError] | None = None) -> HttpResponse:
    with scope(request.actor, read_only=True):
        portal = portal_of(request)
        views = views_of(portal.actor, LISTING)
        if not errors and (away := to_default(request, views)):
            return away
        with spoken(portal):
            asked = lists.read(FILES, request.GET, today=portal.today, language=portal.language)
            found = None if asked.problems else file_list(portal.actor, asked)
            position = lists.NOTHING
            if found is not None:
                position = lists.Position(
                    found.offset, len(found.rows), found.count, found.previous, found.next
                )
            context = {
                **FORMATS,
                **list_tools(LISTING, asked, views),
                "found": found,
                "list": lists.show(asked, position),
                "sign": "",
                "errors": errors or [],
                "note": request.POST.get("note", "") if errors else "",
                "accept": ACCEPT,
                "limits": _limits(),
                "limit_bytes": settings.UPLOAD_FILE_BYTES,
                "removed": _removed(request),
                "may_upload": portal.preferences.customers_may_upload,
            }
            status = max((error.status for error in errors or ()), default=422 if asked.problems else 200)
            return page_or_part(
                request, "files/list.html", "files/_list.html", context, target="list", status=status
            )


def _limits() -> str:
    megabytes = settings.UPLOAD_FILE_BYTES // 1_000_000
    return _("PDF, pictures and office documents, up to %(size)d MB each") % {"size": megabytes}


def _removed(request: PortalRequest) -> UUID | None:
    """The file that was just removed, which the page offers to bring back."""
    try:
        return UUID(request.GET.get("removed", ""))
    except ValueError:
        return None


@require_safe
@own_scope
def document(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """One file: what it is, who shared it, its preview."""
    file = _file(request, file_id)
    with scope(request.actor, read_only=True):
        portal = portal_of(request)
        with spoken(portal):
            context = {
                "file": file,
                "type": type_of(file.media_type),
                "is_ours": file.side == SharedFile.Side.CUSTOMER,
                "may_remove": portal.preferences.customers_may_upload and may_remove(portal.actor, file),
            }
            response = page(request, "files/document.html", context)
    if type_of(file.media_type).preview:
        response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@require_safe
@own_scope
def download(request: PortalRequest, file_id: UUID) -> StreamingHttpResponse:
    """The file itself, to be saved."""
    file = _file(request, file_id)
    response = as_download(file)
    _opened(request, file)
    return response


@require_safe
@own_scope
def chosen(request: PortalRequest) -> HttpResponse | StreamingHttpResponse:
    """The ticked files in one ZIP; each of the organisation's then counts as opened."""
    actor = contact_of(request)
    portal = portal_of(request)
    with spoken(portal):
        files = chosen_files(actor, picked_ids(request))
        name = f"{LISTING.of.plural} {portal.today.isoformat()}.zip"
    head = request.method == "HEAD"
    pieces = () if head else zip_of_files(actor, files, viewed=is_view(request, actor))
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    lock(response)
    return response


@require_safe
@own_scope
@xframe_options_sameorigin
def picture(request: PortalRequest, file_id: UUID) -> StreamingHttpResponse:
    """A picture, to be shown; of any other type there is none."""
    file = _file(request, file_id)
    if type_of(file.media_type).preview != "image":
        raise NotFoundError
    return as_download(file, inline=True)


@require_safe
@own_scope
@xframe_options_sameorigin
def preview(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """What the sandboxed frame on the file's page shows: the picture, or pictures of the PDF's pages."""
    file = _file(request, file_id)
    kind = type_of(file.media_type).preview
    if not kind:
        raise NotFoundError
    pages = page_count(file) if kind == "pages" else 0
    context = {"file": file, "is_picture": kind == "image", "pages": range(pages)}
    response = render(request, "files/preview.html", context)
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": ["'none'"],
        "img-src": ["'self'"],
        "script-src": ["'none'"],
        "style-src": ["'self'"],
        "sandbox": ["allow-same-origin"],  # without scripts: only so that the pictures come with the session
        "frame-ancestors": ["'self'"],
    }
    response["Cache-Control"] = "private, no-store"
    _opened(request, file)
    return response


@require_safe
@own_scope
@xframe_options_sameorigin
def page_drawn(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """A page of a PDF as a picture; `number` counts from 0."""
    file = _file(request, file_id)
    if type_of(file.media_type).preview != "pages":
        raise NotFoundError
    number = request.GET.get("number", "0")
    if not (number.isascii() and number.isdigit() and len(number) < 4):  # noqa: PLR2004 (no preview has as many)
        raise NotFoundError
    response = HttpResponse(page_picture(file, int(number)), content_type="image/png")
    lock(response)
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
@own_scope
def remove(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """Take a file back; the list then offers to bring it back."""
    file = remove_file(actor=request.actor, file=_file(request, file_id))
    messages.success(request, _("“%(name)s” is removed.") % {"name": file.name})
    return redirect(f"{reverse('documents')}?removed={file.pk}")


@require_POST
@own_scope
def restore(request: PortalRequest, file_id: UUID) -> HttpResponse:
    """Bring a removed file back."""
    file = restore_file(actor=contact_of(request), file_id=file_id)
    messages.success(request, _("“%(name)s” is back.") % {"name": file.name})
    return redirect("document", file_id=file.pk)


def _file(request: PortalRequest, file_id: UUID) -> SharedFile:
    actor = contact_of(request)
    with scope(actor, read_only=True):
        return SharedFile.objects.one_for(actor, pk=file_id)


def _opened(request: PortalRequest, file: SharedFile) -> None:
    actor = contact_of(request)
    if is_view(request, actor):
        mark_opened(actor=actor, file=file)
