"""Builds the demo's data, once, in one transaction: killed half way, there is nothing, and it begins again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.config.demo.cast import PORTAL_NAME, Cast, put_on_stage
from portico.config.demo.goods import GOODS
from portico.config.demo.modules import plan_modules
from portico.config.demo.neighbours import NEIGHBOURS
from portico.config.demo.story import plan
from portico.config.demo.teller import Teller
from portico.items.actions import create_item
from portico.kit import clock
from portico.notifications.models import Mail, Notice
from portico.payments.actions.gateways import add_gateway_account, replace_gateway_settings
from portico.payments.models import GatewayAccount

CARD = "Card"


def existing() -> UUID | None:
    """The demo's organisation, if it was built before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations() WHERE lower(portal_name) = %s", [PORTAL_NAME])
        row = cursor.fetchone()
    return row[0] if row else None


def build(gateway: Mapping[str, str]) -> UUID:
    """Make the organisation and its two years; returns its id.

    Args:
        gateway: the settings of its account at the sandbox bank.
    """
    with transaction.atomic():
        cast = put_on_stage(NEIGHBOURS)
        items = {
            good.sku: create_item(
                actor=cast.owner,
                name=good.name,
                sku=good.sku,
                unit=good.unit,
                rate=good.rate,
                description=good.description,
            )
            for good in GOODS
        }
        add_gateway_account(actor=cast.owner, gateway="sandbox", name=CARD, settings=gateway)
        teller = Teller(cast, items)
        plan(teller)
        plan_modules(teller)
        teller.tell()
        _let_old_news_rest(cast)
    return cast.organisation.pk


def connect(organisation_id: UUID, gateway: Mapping[str, str]) -> UUID:
    """See that the organisation's account at the bank has these settings; returns the account's id.

    The bank may listen on another port than last time, or have been emptied; its secrets go with its public key.
    """
    actor = JobActor(organisation_id)
    with scope(actor):
        account = GatewayAccount.objects.visible_to(actor).get(gateway="sandbox", name=CARD)
    if any(account.public.get(name) != gateway[name] for name in ("url", "publishable_key")):
        replace_gateway_settings(actor=actor, account=account, settings=gateway)
    return account.pk


def _let_old_news_rest(cast: Cast) -> None:
    """Nobody wants the e-mails and notifications of last year on the first morning."""
    before = clock.now() - timedelta(days=5)
    with scope(cast.owner):
        Mail.objects.filter(sent_at=None).update(sent_at=F("created_at"))
        Notice.objects.filter(read_at=None, at__lt=before).update(read_at=F("at"))
