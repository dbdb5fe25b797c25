"""The geometry of charts, in percent of their box, so that templates need no arithmetic and no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language_bidi

from portico.kit.money import Money
from portico.ui.money import MoneyLike, money_compact

_TOP: Final = Decimal(3)
_FLOOR: Final = Decimal(88)
"""Where the bars stand, in percent from the top; the labels of the axis are below."""
_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_AXES: Final = ((4, ""), (6, "axis-m"))
"""Up to how many letters a figure beside the axis may have, and the class that makes room for it."""
_LEAST: Final = Decimal("0.6")
"""The least height or width of what is not zero, in percent, so that it is seen."""


@dataclass(frozen=True, slots=True)
class Period:
    """One pair of bars: what it stands for, short and in full, and its two figures in one currency."""

    label: str
    title: str
    first: MoneyLike
    second: MoneyLike


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line across, with its figure."""

    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, in percent."""

    x: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Group:
    """The two bars of a period with the band behind them."""

    period: Period
    band_x: str
    label_x: str
    first: Bar
    second: Bar
    left_out_when_narrow: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """Everything the macro draws."""

    groups: tuple[Group, ...]
    lines: tuple[GridLine, ...]
    band_width: str
    bar_width: str
    start_x: str
    end_x: str
    label_dx: str
    axis: str
    """How much room the figures of the axis need: “”, “axis-m” or “axis-l”."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: its name and its figure."""

    label: str
    amount: MoneyLike
    href: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part, placed along the bar."""

    part: Part
    key: str
    x: str
    width: str
    percent: int
    is_zero: bool


def bar_chart(periods: Sequence[Period]) -> BarChart:
    """Place the bars of periods that are all in one currency; in right-to-left pages the first is on the right."""
    mirrored = get_language_bidi()
    top, step = _scale([each for p in periods for each in (p.first.amount, p.second.amount)])
    slot = Decimal(100) / max(len(periods), 1)
    bar, band = slot * Decimal("0.29"), slot * Decimal("0.928")

    def place(x: Decimal, width: Decimal) -> str:
        return _percent(100 - x - width if mirrored else x)

    def drawn(amount: Decimal, x: Decimal) -> Bar:
        height = _height(amount, top)
        return Bar(place(x, bar), _percent(_FLOOR - height), _percent(height))

    groups = []
    for index, period in enumerate(periods):
        left = slot * index
        groups.append(
            Group(
                period=period,
                band_x=place(left + slot * Decimal("0.036"), band),
                label_x=place(left + slot / 2, Decimal(0)),
                first=drawn(period.first.amount, left + slot * Decimal("0.18")),
                second=drawn(period.second.amount, left + slot * Decimal("0.53")),
                left_out_when_narrow=bool((len(periods) - 1 - index) % 2),
            )
        )
    currency = periods[0].first.currency if periods else "USD"
    lines = []
    figure = Decimal(0)
    while figure <= top:
        text = money_compact(Money.rounded(figure, currency))
        lines.append(GridLine(_percent(_FLOOR - _height(figure, top)), text))
        figure += step
    return BarChart(
        groups=tuple(groups),
        lines=tuple(lines),
        band_width=_percent(band),
        bar_width=_percent(bar),
        start_x="100%" if mirrored else "0%",
        end_x="0%" if mirrored else "100%",
        label_dx="0.75em" if mirrored else "-0.75em",
        axis=_axis(max(len(line.text) for line in lines)),
    )


def stacked_bar(parts: Sequence[Part]) -> tuple[Slice, ...]:
    """Place parts beside each other in proportion; a part that is not zero is always seen."""
    mirrored = get_language_bidi()
    whole = sum((max(part.amount.amount, Decimal(0)) for part in parts), Decimal(0))
    gap = Decimal("0.8")
    seen = [part for part in parts if part.amount.amount > 0]
    room = 100 - gap * max(len(seen) - 1, 0)
    widths = [max(part.amount.amount / whole * room, _LEAST) for part in seen] if whole else []
    shrink = room / sum(widths) if widths else Decimal(1)
    slices, at, placed = [], Decimal(0), iter(widths)
    for index, part in enumerate(parts):
        is_zero = part.amount.amount <= 0
        width = Decimal(0) if is_zero else next(placed) * shrink
        slices.append(
            Slice(
                part=part,
                key=f"k{min(index, 4)}",
                x=_percent(100 - at - width if mirrored else at),
                width=_percent(width),
                percent=0 if is_zero else int((part.amount.amount / whole * 100).to_integral_value()),
                is_zero=is_zero,
            )
        )
        at += 0 if is_zero else width + gap
    return tuple(slices)


def _scale(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """The largest figure, which fills the height, and the distance of the lines: at most five, at round figures."""
    most = max([*amounts, Decimal(0)])
    if most <= 0:
        return Decimal(1), Decimal(2)  # only the line at zero
    rough = most / 4
    magnitude = Decimal(1).scaleb(rough.adjusted())
    # 2.5 yen is no figure: steps below ten are whole.
    steps = [nice for nice in _STEPS if magnitude > 1 or nice == int(nice)]
    step = next(magnitude * nice for nice in steps if magnitude * nice >= rough)
    return most, step


def _axis(longest: int) -> str:
    return next((name for letters, name in _AXES if longest <= letters), "axis-l")


def _height(amount: Decimal, top: Decimal) -> Decimal:
    if amount <= 0:
        return Decimal(0)
    return max(amount / top * (_FLOOR - _TOP), _LEAST)


def _percent(value: Decimal) -> str:
    return f"{value:.2f}%"
