"""The mapping's rules, worked out for one document: which kind, which customer, or none at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portico.importing.building.customers import CustomerBuilder
from portico.importing.mapping import Mapping
from portico.importing.mapping.model import Comparison, Condition, Rule
from portico.importing.mapping.template import Fields, Template, column_index
from portico.transactions.models import DocumentKind


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made of a document."""

    kind: DocumentKind
    reverse_sign: bool
    reject: str
    rejected_by: str
    """The column whose value the rejecting rule looked at."""
    skip: str
    customers: CustomerBuilder


class Rules:
    """Finds the plan for a document from its first row; later rules win over earlier ones."""

    def __init__(self, mapping: Mapping, header: Fields, organisation_id: UUID) -> None:
        self._mapping = mapping
        self._header = header
        self._organisation_id = organisation_id
        self._tests = [_bind(rule, header) for rule in mapping.rules]
        self._plans: dict[tuple[bool, ...], Plan] = {}

    def plan(self, fields: Fields) -> Plan:
        """The plan; the same object for all documents that the same rules fit."""
        fitting = tuple(test(fields) for test in self._tests)
        found = self._plans.get(fitting)
        if found is None:
            rules = [rule for rule, fits in zip(self._mapping.rules, fitting, strict=True) if fits]
            found = self._plans[fitting] = self._make(rules)
        return found

    def _make(self, rules: list[Rule]) -> Plan:
        kind, reverse, skip = self._mapping.document.kind, False, ""
        reject = rejected_by = ""
        overrides: dict[str, Template] = {}
        for rule in rules:
            kind = rule.then.kind or kind
            reverse = rule.then.reverse_sign or reverse
            skip = rule.then.skip or skip
            if rule.then.reject:
                reject, rejected_by = rule.then.reject, rule.when.column
            overrides.update(rule.then.customer)
        customers = CustomerBuilder(self._mapping, self._header, self._organisation_id, overrides)
        return Plan(kind, reverse, reject, rejected_by, skip, customers)


def _bind(rule: Rule, header: Fields) -> Callable[[Fields], bool]:
    when: Condition = rule.when
    index = column_index(f"{rule.key}.when.column", when.column, header)
    if when.test is None:
        return lambda fields: (not fields[index].strip()) == when.empty
    value = when.value
    tests: dict[Comparison, Callable[[str], bool]] = {
        Comparison.EQUALS: lambda text: text == value,
        Comparison.STARTS_WITH: lambda text: text.startswith(value),
        Comparison.ENDS_WITH: lambda text: text.endswith(value),
        Comparison.CONTAINS: lambda text: value in text,
    }
    test = tests[when.test]
    return lambda fields: test(fields[index].strip())
