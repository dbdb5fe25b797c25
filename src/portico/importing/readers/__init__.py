"""Readers: a CSV or XLSX file as a header and numbered rows of text."""

from portico.importing.readers.opening import open_source
from portico.importing.readers.source import Row, Source

__all__ = ["Row", "Source", "open_source"]
