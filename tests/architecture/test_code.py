"""Rules of the code that no linter knows: states, money, scope, errors, lengths."""

from __future__ import annotations

import ast
import re

import pytest

from portico.access.walls import owned_models
from tests.architecture.sources import PACKAGE, ROOT, Source, called, dotted, functions, sources

STATES = frozenset({"status", "state", "portal_state"})
MADE_IN_THEIR_STATE = {
    "importing/building/documents.py": "rows of an import are made in their first state, never moved to it",
}
OUTSIDE = "sandbox_bank"
"""The stand-in for the outside world has its own store and its own rules."""

MONEY_APPS = frozenset(
    {
        "kit",
        "ledger",
        "transactions",
        "items",
        "invoices",
        "retainers",
        "credit_notes",
        "payments",
        "statements",
        "importing",
    }
)


def test_a_state_changes_only_by_a_legal_move() -> None:
    unmoved = [
        f"{source.at(function)} {function.name}()"
        for source in sources()
        if source.app != OUTSIDE and source.name not in MADE_IN_THEIR_STATE
        for function in functions(source.tree)
        if _writes_state(function) and not _checks_move(function)
    ]
    assert unmoved == []


def _writes_state(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr in STATES for target in targets):
                return True
        if isinstance(node, ast.Call):
            name = called(node).rsplit(".", 1)[-1]
            if name == "update" and STATES & {keyword.arg for keyword in node.keywords}:
                return True
            if name == "compare_and_set" and STATES & _keys(node):
                return True
            if name == "bulk_update" and STATES & _texts(node):
                return True
    return False


def _checks_move(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call) and re.search(r"(^|\.|_)MOVES\.check(_change)?$", called(node))
        for node in ast.walk(function)
    )


def _keys(call: ast.Call) -> set[str]:
    return {
        key.value
        for node in ast.walk(call)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _texts(call: ast.Call) -> set[str]:
    return {
        node.value
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_money_is_never_a_float() -> None:
    found = []
    for source in sources():
        found += [source.at(node) for node in _floats(source.tree) if source.app in MONEY_APPS]
        for node in ast.walk(source.tree):
            made = isinstance(node, ast.Call) and called(node) == "float" and source.app != OUTSIDE
            stored = isinstance(node, ast.Attribute) and dotted(node) == "models.FloatField"
            if made or stored:
                found.append(source.at(node))
    assert found == []


def _floats(tree: ast.AST) -> set[ast.AST]:
    """Numbers written as floats; how long to wait is no money."""
    waits = {
        keyword.value
        for keyword in ast.walk(tree)
        if isinstance(keyword, ast.keyword) and keyword.arg == "timeout"
    }
    return {
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node not in waits
    }


def test_who_answers_requests_reads_only_through_the_door() -> None:
    owned = {model.__name__ for model in owned_models()}
    found = []
    for source in sources():
        if not _answers_requests(source):
            continue
        parents = {child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(source.tree):
            if not (
                isinstance(node, ast.Attribute) and node.attr == "objects" and dotted(node.value) in owned
            ):
                continue
            chain: ast.AST = node
            while isinstance(parents.get(chain), ast.Attribute | ast.Call):
                chain = parents[chain]
            if not re.search(r"\.(visible_to|one_for)\(", ast.unparse(chain)):
                found.append(f"{source.at(node)} {ast.unparse(chain)}")
    assert found == []


def _answers_requests(source: Source) -> bool:
    parts = source.name.removesuffix(".py").split("/")
    return bool({"views", "api", "urls", "shell", "pages"} & set(parts))


@pytest.mark.parametrize("pattern", [r"\.objects\b", r"\.filter\(", r"\.all\(\)", r"_set\b"])
def test_templates_ask_the_database_nothing(pattern: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for folder in ("jinja2", "templates")
        for file in PACKAGE.rglob(f"{folder}/**/*.html")
        for line in file.read_text().splitlines()
        if re.search(pattern, " ".join(re.findall(r"\{[{%].*?[%}]\}", line)))
    ]
    assert found == []


def test_whoever_catches_everything_says_why() -> None:
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            everything = node.type is None or bool({"Exception", "BaseException"} & _names(node.type))
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            around = source.lines[max(node.lineno - 2, 0) : node.lineno + 1]
            if everything and not again and not any("#" in line for line in around):
                found.append(source.at(node))
    assert found == []


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def test_every_module_opens_with_a_sentence() -> None:
    found = [
        source.at(source.tree)
        for source in sources()
        if source.tree.body and not (ast.get_docstring(source.tree) or "").strip()
    ]
    assert found == []


def test_no_file_has_grown_too_long() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if "/migrations/" not in file.as_posix()]
    lengths = {file.relative_to(ROOT).as_posix(): len(file.read_text().splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_nothing_is_put_off_and_no_test_is_skipped() -> None:
    # Put together, so that this file is not what it finds. Three X are also ISO 4217's code for no currency.
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK", r"mark\.(skip|xf" + "ail)"]))
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in (PACKAGE, ROOT / "tests", ROOT / "docs")
        for file in folder.rglob("*")
        if file.suffix in {".py", ".html", ".md", ".sql", ".typ", ".css", ".toml"}
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert found == []
