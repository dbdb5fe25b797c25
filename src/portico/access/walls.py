"""The walls in the database, derived from the models: policies, grants, same-customer keys, exact amounts.

`apply()` runs as the owner after every migration and says the same thing each time, so a new model is
behind its wall from its first migration on. docs/decisions/0002 says why the application is not the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.numbers import get_currency_precision, list_currencies
from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from psycopg import sql

from portico.access.by_link import link_policies
from portico.access.portal_writes import REFUSE, write_policies
from portico.access.tenancy import CustomerOwned, Owned, Tenancy
from portico.kit.fields import MoneyField

WITHOUT_POLICY: Final = {
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "django_session": "opaque, read by its random key before anybody is known",
    "django_admin_log": "Django's own log, unused; our audit trail has a policy",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "auth_permission": "names of permissions",
    "access_cache": "how often somebody tried to sign in, by hashed keys",
    "customers_signup": "addresses typed to sign up, before any organisation is known; deleted after a day",
    "access_user": "a human may belong to several organisations and is looked up before any is known",
    "access_user_groups": "Django's own, unused",
    "access_user_user_permissions": "Django's own, unused",
    "account_emailaddress": "allauth, goes with the user",
    "account_emailconfirmation": "allauth, goes with the user",
    "usersessions_usersession": "allauth, goes with the user",
    "mfa_authenticator": "allauth, goes with the user; what is secret in it is sealed",
    "socialaccount_socialaccount": "allauth, unused: who comes from a provider is found by address each time",
    "socialaccount_socialapp": "allauth, unused: providers are in the configuration",
    "socialaccount_socialtoken": "allauth, unused: tokens are not kept",
    "procrastinate_jobs": "jobs carry ids, never contents; each opens its organisation's scope",
    "procrastinate_events": "times of jobs",
    "procrastinate_periodic_defers": "times of schedules",
    "procrastinate_workers": "heartbeats",
}
"""Every table that has no policy, with the reason; a test fails on any other."""

APPEND_ONLY: Final = ("ledger_entry", "ledger_posting", "access_auditrecord")
"""Tables in which nothing is changed or deleted, by nobody."""

ADDED_BY_ALL: Final = ("access_auditrecord",)
"""Tables of staff to which a customer's scope may add rows that it cannot read: what contact persons did."""

KEPT_BY_TRIGGER: Final = (
    "ledger_balance",
    "ledger_period",
    "invoices_duetally",
    "invoices_statustally",
    "sales_orders_ordertally",
    "transactions_searchtext",
)
"""Sums that only triggers write, so that the program cannot make them differ from what they sum."""

DOORS: Final = {
    "door_memberships": "what a human can act as, before any of it is chosen",
    "door_organisations": "which organisations there are, for jobs that go round",
    "door_gateway_account": "whose event this is, before its signature is checked",
    "door_invitation": "whom a secret link invites",
    "door_link": "which document a public link shows",
    "door_sign_up": "which contact persons an address that was typed to sign up belongs to",
    "profile_erase_audit": "a person's name goes from the audit trail, which nobody may change (S9.3)",
    "door_sign_up_open": "whether anybody at this address may sign up",
    "door_portal": "whose an address is and how its sign-in page looks, before anybody is known",
    "door_logo": "the logo on that page",
    "door_second_factor": "which organisations ask for a second factor, before one of them is chosen",
    "notifications_tell_staff": "a customer causes a notification, but sees neither it nor who works there",
    "notifications_queue_mail": "a customer causes an e-mail, but does not see the outbox",
    "search_documents": "which of the scope's customer's documents have some words: policies keep @@ from its index",
    "search_matches": "whether one of them has",
}
"""Every function with the owner's rights that the application may call; no other one, and a test fails on more."""

_USUAL_DIGITS: Final = 2
WITH_KEYS_OF_THEIR_OWN: Final = ("organisations.Organisation", "customers.Customer")
"""The owners themselves: a row's organisation is a plain key, its customer's is among the same-customer keys."""

_SQL = Path(__file__).parent / "sql"


def apply() -> None:
    """Put every wall in place, in one transaction, as the owner."""
    app_role = str(settings.DATABASES["default"]["USER"])
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute((_SQL / "links.sql").read_text())
        cursor.execute((_SQL / "doors.sql").read_text())
        cursor.execute(REFUSE)
        policies = [*_policies(), *(each for model in owned_models() for each in link_policies(model))]
        policies += [each for model in owned_models() for each in write_policies(model)]
        for statement in [*_grants(app_role), _doors_only(), *policies, *_constraints()]:
            cursor.execute(statement)


def minor_digits_sql() -> str:
    """The SQL function that knows each currency's decimals, from the same CLDR table as kit.money."""
    by_digits: dict[int, list[str]] = {}
    for code in sorted(list_currencies()):
        digits = get_currency_precision(code)
        if digits != _USUAL_DIGITS:
            by_digits.setdefault(digits, []).append(f"'{code}'")
    cases = " ".join(f"WHEN $1 IN ({', '.join(codes)}) THEN {digits}" for digits, codes in by_digits.items())
    return (
        "CREATE OR REPLACE FUNCTION portico_minor_digits(text) RETURNS int"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE {cases} ELSE {_USUAL_DIGITS} END"
    )


def policy_for(model: type[Owned]) -> str:
    """The policy's condition: what a row must satisfy to be seen or written."""
    owner = "id" if model._meta.label == "organisations.Organisation" else "organisation_id"
    mine = f"{owner} = portico_organisation()"
    if model.tenancy is Tenancy.ORGANISATION:
        return mine
    if model.tenancy is Tenancy.STAFF:
        return f"{mine} AND portico_customer() IS NULL"
    column = "id" if model._meta.label == "customers.Customer" else "customer_id"
    return f"{mine} AND (portico_customer() IS NULL OR {column} = portico_customer())"


def owned_models() -> list[type[Owned]]:
    """Every model that belongs to an organisation."""
    return [model for model in apps.get_models() if issubclass(model, Owned)]


def _grants(role: str) -> Iterator[sql.Composable]:
    name = sql.Identifier(role)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name)
    yield sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name)
    yield sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name)
    yield sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name)
    tables = {model._meta.db_table for model in apps.get_models()}
    for table in APPEND_ONLY:
        yield sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
        yield sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(
            sql.Identifier(f"{table}_only_grows"), sql.Identifier(table)
        )
        yield sql.SQL(
            "CREATE TRIGGER {} BEFORE UPDATE OR DELETE OR TRUNCATE ON {}"
            " FOR EACH STATEMENT EXECUTE FUNCTION portico_refuse_change()"
        ).format(sql.Identifier(f"{table}_only_grows"), sql.Identifier(table))
    for table in KEPT_BY_TRIGGER:
        if table in tables:
            yield sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)


def _doors_only() -> sql.Composable:
    """Functions are everybody's to call unless said otherwise; those with the owner's rights must not be."""
    return sql.SQL(
        "DO $do$ DECLARE f regprocedure; BEGIN"
        " FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND proname <> ALL ({}) LOOP"
        " EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f); END LOOP; END $do$"
    ).format(sql.Literal(list(DOORS)))


def _policies() -> Iterator[sql.Composable]:
    for model in owned_models():
        table = sql.Identifier(model._meta.db_table)
        yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table)
        yield sql.SQL("DROP POLICY IF EXISTS portico_wall ON {}").format(table)
        condition = sql.SQL(policy_for(model))
        added = sql.SQL("organisation_id = portico_organisation()")
        yield sql.SQL("CREATE POLICY portico_wall ON {} USING ({}) WITH CHECK ({})").format(
            table, condition, added if model._meta.db_table in ADDED_BY_ALL else condition
        )
        if model.tenancy is Tenancy.ORGANISATION:
            yield from _written_by_staff(table)


def _written_by_staff(table: sql.Identifier) -> Iterator[sql.Composable]:
    """Customers read what is their organisation's, such as its preferences; they write none of it."""
    for command, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING"), ("DELETE", "USING")):
        name = sql.Identifier(f"portico_staff_{command.lower()}")
        yield sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(name, table)
        yield sql.SQL("CREATE POLICY {} ON {} AS RESTRICTIVE FOR {} {} (portico_customer() IS NULL)").format(
            name, table, sql.SQL(command), sql.SQL(clause)
        )


def _constraints() -> Iterator[sql.Composable]:
    for model in owned_models():
        yield from _same_organisation_keys(model)
        if issubclass(model, CustomerOwned):
            yield from _same_customer_keys(model)
        for field in model._meta.local_fields:
            if isinstance(field, MoneyField):
                yield _constraint(
                    model,
                    f"{field.column}_exact",
                    f"CHECK ({field.column} = round({field.column}, portico_minor_digits(currency)))",
                )


def _same_organisation_keys(model: type[Owned]) -> Iterator[sql.Composable]:
    """A row may point only at rows of its own organisation; lines' items are checked by the action alone.

    Half a million imported lines would pay for a second look at their item, which is a mere hint on a frozen line.
    """
    for field in model._meta.local_fields:
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        if not (isinstance(target, type) and issubclass(target, Owned)) or issubclass(target, CustomerOwned):
            continue
        if target._meta.label in WITH_KEYS_OF_THEIR_OWN or field.name == "item":
            continue
        yield _constraint(target, "unique_organisation_id", "UNIQUE (organisation_id, id)")
        yield _constraint(
            model,
            f"{field.column}_same_organisation",
            f"FOREIGN KEY (organisation_id, {field.column})"
            f" REFERENCES {target._meta.db_table} (organisation_id, id)",
        )


def _same_customer_keys(model: type[CustomerOwned]) -> Iterator[sql.Composable]:
    """A row may point only at rows of its own customer, and in its own currency."""
    yield _constraint(
        model,
        "customer_of_organisation",
        "FOREIGN KEY (organisation_id, customer_id) REFERENCES customers_customer (organisation_id, id)",
    )
    for field in model._meta.local_fields:
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        if not (isinstance(target, type) and issubclass(target, CustomerOwned)):
            continue
        columns = ["customer_id"]
        if all(_has_currency(each) for each in (model, target)):
            columns.append("currency")
        theirs = ", ".join(["id", *columns])
        yield _constraint(target, "unique_" + "_".join(["id", *columns]), f"UNIQUE ({theirs})")
        yield _constraint(
            model,
            f"{field.column}_same_customer",
            f"FOREIGN KEY ({', '.join([str(field.column), *columns])})"
            f" REFERENCES {target._meta.db_table} ({theirs})",
        )


def _has_currency(model: type[models.Model]) -> bool:
    return any(field.column == "currency" for field in model._meta.local_fields)


def _constraint(model: type[models.Model], suffix: str, definition: str) -> sql.Composable:
    table = model._meta.db_table
    name = f"{table}_{suffix}"[:63]
    return sql.SQL(
        "DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = {literal}"
        " AND conrelid = {regclass}::regclass) THEN"
        " ALTER TABLE {table} ADD CONSTRAINT {name} {definition}; END IF; END $do$"
    ).format(
        literal=sql.Literal(name),
        regclass=sql.Literal(table),
        table=sql.Identifier(table),
        name=sql.Identifier(name),
        definition=sql.SQL(definition),
    )
