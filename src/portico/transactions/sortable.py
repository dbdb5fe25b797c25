"""Amounts as whole thousandths, kept by the database beside the exact ones, so that a list can page by amount."""

from __future__ import annotations

from django.db.models import BigIntegerField, F, Func, GeneratedField


def thousandths_of(column: str) -> GeneratedField:
    """A generated column with the amount of a MoneyField in thousandths of its currency's major unit.

    Only for ordering and paging: no program reads an amount from it.
    """
    expression = Func(F(column), template="(%(expressions)s * 1000)::bigint", output_field=BigIntegerField())
    return GeneratedField(expression=expression, output_field=BigIntegerField(), db_persist=True)
