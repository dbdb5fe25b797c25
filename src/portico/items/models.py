"""Item: a good or a service with its usual price."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.tenancy import Owned


class Item(Owned):
    """A good or a service; documents copy what they need, so changing an item changes no document."""

    name = models.CharField(max_length=200)
    sku = models.CharField("SKU", max_length=80, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    description = models.TextField(blank=True)
    rate = models.DecimalField(
        max_digits=19, decimal_places=6, default=0, help_text="Usual price in the base currency."
    )
    tax_rate = models.ForeignKey(
        "organisations.TaxRate", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sku"], name="item_sku_once", condition=~Q(sku="")
            )
        ]

    def __str__(self) -> str:
        return self.name
