"""What the office lists and shows: every row read-only, with the pages that do something as buttons."""

from portico.office.lists import customers, documents, files, money, settings, watching

__all__ = ["customers", "documents", "files", "money", "settings", "watching"]
