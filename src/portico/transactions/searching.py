"""Searching in documents by words: the triggers that keep them (from the models), and a list's condition (S4.2).

Each document that customers see has its words in SearchText: those of its number, its reference and its items' names
and SKUs. An app whose documents are more than that, such as payments, names its own source in a module `searched`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.models import BooleanField, F, Func, Q, Value
from django.utils.module_loading import autodiscover_modules
from psycopg import sql

from portico.transactions.models import Document, DocumentKind, DocumentLine

MOST: Final = 25_000
"""As many documents are named one by one; when more have the words, the list is walked in its own order instead."""
_SQL: Final = Path(__file__).parent / "sql" / "search.sql"
_LISTED: Final = "d.status <> 'draft'"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of another table that are written on a document too.

    Args:
        table: whose rows.
        key: the column with the document's id.
        text: SQL of what is written, over the document `d`; a text or NULL.
        changes: columns that change; empty where rows are only added.
    """

    table: str
    key: str
    text: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What is written on documents of a kind.

    Args:
        kind: which kind.
        table: of the documents; each row is `d` in the texts.
        columns: of the document itself.
        parts: what else.
        further: SQL of what else that never changes.
        listed: SQL: whether customers see the document at all.
        decides: columns that `listed` reads.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    further: tuple[str, ...] = ()
    listed: str = _LISTED
    decides: tuple[str, ...] = ("status",)


_FURTHER: Final[list[Source]] = []


def register(source: Source) -> None:
    """Say what is written on documents that are no Document; called by the app's module `searched`."""
    _FURTHER.append(source)


def search_in(kind: DocumentKind) -> Callable[[str], Q]:
    """The `search` of a ListSpec: documents of this kind that have the words; asks the database once."""

    def search(text: str) -> Q:
        with connection.cursor() as cursor:
            # The ids as one text that is sent back as it came: ten thousand of them are quicker not read here.
            cursor.execute("SELECT ids::text, query FROM search_documents(%s, %s, %s)", [kind, text, MOST])
            ids, query = cursor.fetchone() or ("{}", None)
        if ids is not None:
            # In a sub-select, so that they are planned as one value, and looked up in order along the key's index.
            named = Func(F("pk"), Value(ids), output_field=BooleanField())
            named.template = "%(expressions)s::uuid[])::uuid[])"
            named.arg_joiner = " = ANY ((SELECT "
            return Q(named)
        matches = Func(F("pk"), Value(query), function="search_matches", output_field=BooleanField())
        matches.template = "%(function)s(%(expressions)s::tsquery)"
        return Q(matches)

    return search


def apply() -> None:
    """Put the functions and every kind's triggers in place, and write the words of documents that have none yet."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(_SQL.read_text())
        for source in sources():
            for statement in _statements(source):
                cursor.execute(statement)


def sources() -> tuple[Source, ...]:
    """What is searched in, derived from the models of documents and their lines, and what apps add."""
    if not _FURTHER:
        autodiscover_modules("searched")
    lines: dict[object, str] = {}
    for model in apps.get_models():
        if issubclass(model, DocumentLine):
            lines[model.document.field.related_model] = model._meta.db_table  # type: ignore[attr-defined]
    derived = (
        _of_document(each, lines.get(each)) for each in apps.get_models() if issubclass(each, Document)
    )
    return (*derived, *_FURTHER)


def _of_document(model: type[Document], lines: str | None) -> Source:
    each = f"SELECT DISTINCT concat_ws(' ', name, sku) AS text FROM {lines} WHERE document_id = d.id"  # noqa: S608
    text = f"(SELECT string_agg(l.text, ' ') FROM ({each}) l)"  # noqa: S608 (of a model's table)
    kind = re.sub(r"(?<=.)(?=[A-Z])", "_", model.__name__).lower()
    parts = (Part(lines, "document_id", text),) if lines else ()
    has_invoice = any(field.name == "invoice" for field in model._meta.local_fields)
    further = ("(SELECT i.number FROM invoices_invoice i WHERE i.id = d.invoice_id)",) if has_invoice else ()
    return Source(DocumentKind(kind), model._meta.db_table, ("number", "reference"), parts, further)


def _statements(source: Source) -> Iterator[sql.Composable]:
    yield from _refresh(source)
    yield from _on_document(source)
    for part in source.parts:
        yield from _on_part(source, part)
    yield _sql(
        "SELECT {refresh}(array_agg(d.id)) FROM {table} d LEFT JOIN transactions_searchtext t ON t.id = d.id"
        " WHERE t.id IS NULL AND {listed} HAVING count(*) > 0",
        source,
    )


def _refresh(source: Source) -> Iterator[sql.Composable]:
    """The function that writes the words of some documents."""
    texts = [f"d.{column}" for column in source.columns]
    # INV-0042 is found by 42 too.
    texts += [
        "ltrim(substring(d.number FROM '[0-9]+$'), '0')",
        *(part.text for part in source.parts),
        *source.further,
    ]
    yield _sql(
        "CREATE OR REPLACE FUNCTION {refresh}(ids uuid[]) RETURNS void LANGUAGE sql"
        " SECURITY DEFINER SET search_path = public, pg_temp AS $do$"
        " INSERT INTO transactions_searchtext (id, organisation_id, customer_id, kind, spread, words)"
        " SELECT d.id, d.organisation_id, d.customer_id, {kind},"
        " get_byte(uuid_send(d.id), 14) * 256 + get_byte(uuid_send(d.id), 15),"
        " search_words(d.customer_id, {kind}, concat_ws(' ', {texts})) FROM {table} d WHERE d.id = ANY (ids) AND {listed}"
        " ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words"
        " WHERE transactions_searchtext.words <> EXCLUDED.words $do$",
        source,
        texts=sql.SQL(", ".join(texts)),
    )
    yield _sql("REVOKE EXECUTE ON FUNCTION {refresh}(uuid[]) FROM PUBLIC", source)


def _on_document(source: Source) -> Iterator[sql.Composable]:
    added, changed, gone = (_name(source, each) for each in ("added", "changed", "gone"))
    yield from _trigger_function(added, source, "PERFORM {refresh}(array_agg(id)) FROM fresh;")
    yield from _trigger_function(changed, source, "PERFORM {refresh}(ARRAY[NEW.id]);")
    yield from _trigger_function(gone, source, "DELETE FROM transactions_searchtext WHERE id = OLD.id;")
    columns = (*source.columns, *source.decides)
    yield _trigger(added, source.table, "INSERT", fresh=True)
    yield _trigger(changed, source.table, f"UPDATE OF {', '.join(columns)}", columns)
    yield _trigger(gone, source.table, "DELETE")


def _on_part(source: Source, part: Part) -> Iterator[sql.Composable]:
    added, changed = (_name(source, f"{part.table}_{each}") for each in ("added", "changed"))
    key = sql.Identifier(part.key)
    yield from _trigger_function(
        added, source, "PERFORM {refresh}(array_agg(DISTINCT {key})) FROM fresh;", key=key
    )
    yield _trigger(added, part.table, "INSERT", fresh=True)
    if part.changes:
        yield from _trigger_function(changed, source, "PERFORM {refresh}(ARRAY[NEW.{key}]);", key=key)
        yield _trigger(changed, part.table, f"UPDATE OF {', '.join(part.changes)}", part.changes)


def _trigger_function(
    name: str, source: Source, body: str, **more: sql.Composable
) -> Iterator[sql.Composable]:
    identifier = sql.Identifier(name)
    yield _sql(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        " SECURITY DEFINER SET search_path = public, pg_temp AS $do$ BEGIN "
        + body
        + " RETURN NULL; END $do$",
        source,
        name=identifier,
        **more,
    )
    yield sql.SQL("REVOKE EXECUTE ON FUNCTION {}() FROM PUBLIC").format(identifier)


def _trigger(
    name: str, table: str, event: str, columns: tuple[str, ...] = (), *, fresh: bool = False
) -> sql.Composable:
    how = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT" if fresh else "FOR EACH ROW"
    if columns:
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        how += f" WHEN (({old}) IS DISTINCT FROM ({new}))"
    return sql.SQL("CREATE OR REPLACE TRIGGER {} AFTER {} ON {} {} EXECUTE FUNCTION {}()").format(
        sql.Identifier(name), sql.SQL(event), sql.Identifier(table), sql.SQL(how), sql.Identifier(name)
    )


def _name(source: Source, what: str) -> str:
    return f"search_{source.kind}_{what}"[:63]


def _sql(text: str, source: Source, **more: Any) -> sql.Composable:
    return sql.SQL(text).format(
        refresh=sql.Identifier(_name(source, "refresh")),
        table=sql.Identifier(source.table),
        kind=sql.Literal(str(source.kind)),
        listed=sql.SQL(source.listed),
        **more,
    )
