"""Extraction of strings from Python for Babel, by the syntax tree: it sees calls within f-strings, too."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Found = tuple[int, str, str | tuple[str | None, ...], list[str]]


def python(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Babel's extraction interface: (line, function, its texts, comments) for each call of a keyword."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in keywords:
            continue
        texts = tuple(_text(argument) for argument in node.args)
        if texts and texts[0] is not None:
            yield node.lineno, name, texts if len(texts) > 1 else texts[0], []


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
