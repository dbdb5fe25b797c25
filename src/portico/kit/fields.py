"""Model fields for money: a decimal column that reads and writes as Money with the row's currency."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import Combinable

from portico.kit.money import Money

if TYPE_CHECKING:
    _Base = models.DecimalField[Money | Combinable, Money]
else:
    _Base = models.DecimalField


class _MoneyAttribute:
    """Pairs the stored decimal with the row's `currency` when read; checks the currency when set."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        try:
            value = row.__dict__[self.name]
        except KeyError:
            row.refresh_from_db(fields=[self.name])
            value = row.__dict__[self.name]
        return Money(value, row.currency) if isinstance(value, Decimal) else value  # type: ignore[attr-defined]

    def __set__(self, row: models.Model, value: object) -> None:
        if isinstance(value, Money):
            currency = row.__dict__.get("currency")
            if currency and currency != value.currency:
                raise TypeError(f"{self.name} is in {currency}, not in {value.currency}")
            value = value.amount
        elif isinstance(value, bool | int | float):
            raise TypeError(f"{self.name} takes Money, not {type(value).__name__}")
        row.__dict__[self.name] = value


class MoneyField(_Base):
    """An amount in the currency named by the model's `currency` column; numeric(19, 3) in the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 19
        kwargs["decimal_places"] = 3
        kwargs.setdefault("default", Decimal(0))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _MoneyAttribute(name))

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.amount if isinstance(value, Money) else value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(value.amount if isinstance(value, Money) else value, connection)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Money) else super().to_python(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        plain = value.amount if isinstance(value, Money) else value
        return super().clean(plain, model_instance)
