"""What was imported: the runs, and what each document looked like in the file, to know it again."""

from __future__ import annotations

from django.db import models

from portico.access.tenancy import Owned
from portico.kit import clock
from portico.transactions.models import DocumentKind


class ImportRun(Owned):
    """One run that brought something in."""

    file_name = models.CharField(max_length=255)
    mapping_name = models.CharField(max_length=255)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, help_text="Empty: it was broken off.")
    documents = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.file_name


class ImportedDocument(Owned):
    """A document that came in by import, with a fingerprint of what the file said."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="imported")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    number = models.CharField(max_length=40)
    document_id = models.UUIDField()
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], name="imported_document_once")
        ]

    def __str__(self) -> str:
        return self.number
