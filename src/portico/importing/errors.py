"""What can be wrong with a whole import; what is wrong with single rows is in the report."""

from __future__ import annotations

from portico.kit.errors import InvalidError


class MappingError(InvalidError):
    """The mapping cannot be followed; the message begins with the key, such as “document.date”."""

    code = "import_mapping"


class SourceError(InvalidError):
    """The file cannot be read as what it is said to be; nothing of it was taken."""

    code = "import_source"
