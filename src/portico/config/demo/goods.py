"""What Northwind sells: name, unit and price of one in US dollars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Good:
    """One thing on the price list."""

    sku: str
    name: str
    unit: str
    rate: Decimal
    description: str = ""


GOODS: Final = (
    Good("PL-30", "Terracotta planter, 30 cm", "pcs", Decimal("18.40"), "Frost-proof, with saucer"),
    Good("PL-60", "Terracotta planter, 60 cm", "pcs", Decimal("64.00"), "Frost-proof, with saucer"),
    Good("BN-OAK", "Oak bench, 180 cm", "pcs", Decimal("389.00")),
    Good("LV-24", "Lavender ‘Hidcote’, 24 plugs", "tray", Decimal("27.60")),
    Good("RO-IV", "Climbing rose ‘Iceberg’, bare root", "pcs", Decimal("14.25")),
    Good("BX-40", "Box ball, 40 cm", "pcs", Decimal("48.50")),
    Good("HS-25", "Garden hose, 25 m", "pcs", Decimal("39.90")),
    Good("MU-70", "Bark mulch, 70 l", "bag", Decimal("9.75")),
    Good("LT-SOL", "Path light, solar", "pcs", Decimal("22.00")),
    Good("DL", "Delivery and unloading", "trip", Decimal("120.00")),
)
