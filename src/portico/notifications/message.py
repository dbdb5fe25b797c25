"""From a row of the outbox to the message that goes out: sender, both bodies, the attachment, unsubscribing."""

from __future__ import annotations

from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.notifications import attachments
from portico.notifications.events import BULK
from portico.notifications.languages import spoken
from portico.notifications.look import LOGO_ID, Dress, as_html, as_text
from portico.notifications.models import Mail, MailSettings
from portico.notifications.settings import settings_of
from portico.notifications.unsubscribing import stop_address
from portico.organisations.models import Organisation


def message_of(actor: JobActor, mail: Mail) -> EmailMultiAlternatives:
    """The e-mail as it goes out; the attachment is made now, so it says what the document says now.

    Raises:
        LookupError: no app makes files of the attachment's kind.
    """
    with scope(actor, read_only=True):
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        sender = settings_of(actor)
    stop = stop_address(organisation, mail) if mail.event in BULK and mail.person_id else ""
    with translation.override(spoken(mail.language, organisation.language)):
        dress = Dress(organisation, mail.subject, translation.get_language(), stop)
        text = as_text(dress, mail.text)
        html = mail.html or as_html(dress, mail.text)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=text,
        from_email=_from(organisation, sender),
        to=[mail.to],
        reply_to=_reply_to(organisation, sender),
        headers=_headers(mail, stop),
    )
    message.attach_alternative(html, "text/html")
    if mail.attachment_kind and mail.attachment_id:
        file = attachments.render(mail.attachment_kind, actor.organisation_id, mail.attachment_id)
        message.attach(file.name, file.content, file.media_type)
    if dress.has_logo:
        message.attach(_logo(organisation))
    refuse_open_scope()
    return message


def _logo(organisation: Organisation) -> MIMEImage:
    """The logo as a part of the message, so that showing it asks no server and tells nobody."""
    part = MIMEImage(bytes(organisation.logo), _subtype=organisation.logo_type.partition("/")[2])
    part.add_header("Content-ID", f"<{LOGO_ID}>")
    part.add_header("Content-Disposition", "inline", filename=f"logo.{part.get_content_subtype()}")
    return part


def _headers(mail: Mail, stop: str) -> dict[str, str]:
    """The Message-ID, the same however often it is tried; RFC 8058's two headers where there is a way to stop it."""
    made = {
        "Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
    }
    if stop:
        made |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return made


def _from(organisation: Organisation, sender: MailSettings) -> str:
    address = sender.sender_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((sender.sender_name or organisation.name, address))


def _reply_to(organisation: Organisation, sender: MailSettings) -> list[str] | None:
    address = sender.reply_to or organisation.email
    return [address] if address else None
