"""The source files of Portico, read once for the tests that look at the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "portico"


@dataclass(frozen=True)
class Source:
    """One module: where it is, its text, its syntax tree."""

    name: str
    """Such as “invoices/actions/issue.py”."""
    text: str
    tree: ast.Module

    @property
    def app(self) -> str:
        """The folder it belongs to."""
        return self.name.split("/", 1)[0]

    @property
    def lines(self) -> list[str]:
        """Its lines, the first at 0."""
        return self.text.splitlines()

    def at(self, node: ast.AST) -> str:
        """Where a node is, to be clicked on."""
        return f"src/portico/{self.name}:{getattr(node, 'lineno', 1)}"


@lru_cache(maxsize=1)
def sources() -> tuple[Source, ...]:
    """Every module but tests and migrations."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if "/tests/" in name or "/migrations/" in name:
            continue
        text = file.read_text()
        found.append(Source(name, text, ast.parse(text)))
    return tuple(found)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def called(node: ast.Call) -> str:
    """The dotted name of what is called, as far as it is one: “Invoice.objects.filter”."""
    return dotted(node.func)


def dotted(node: ast.AST) -> str:
    """The dotted name of an expression; calls on the way are left out."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return ""
