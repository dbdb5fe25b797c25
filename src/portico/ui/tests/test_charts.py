"""Charts tell the truth: heights and widths are in proportion, and what is not zero can be seen."""

from __future__ import annotations

from decimal import Decimal

from django.utils import translation

from portico.kit.money import Money
from portico.ui.charts import Part, Period, bar_chart, stacked_bar


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_a_bar_twice_as_high_stands_for_twice_as_much() -> None:
    chart = bar_chart(
        [Period("Oct", "Oct 2026", usd("1000"), usd("500")), Period("Nov", "Nov", usd("0"), usd("1"))]
    )
    oct_, nov = chart.groups
    assert percent(oct_.first.height) == 2 * percent(oct_.second.height)
    assert nov.first.height == "0.00%"
    assert percent(nov.second.height) > 0


def test_bars_stand_on_the_line_of_zero() -> None:
    chart = bar_chart([Period("Oct", "Oct 2026", usd("73.10"), usd("15420"))])
    zero = percent(chart.lines[0].y)
    for bar in (chart.groups[0].first, chart.groups[0].second):
        assert abs(percent(bar.y) + percent(bar.height) - zero) < 0.02
    assert [line.text for line in chart.lines] == ["$0", "$5K", "$10K", "$15K"]


def test_long_figures_get_more_room_beside_the_axis() -> None:
    def axis(amount: str) -> str:
        return bar_chart([Period("Oct", "Oct", usd(amount), usd("0"))]).axis

    assert [axis("15000"), axis("9500")] == ["", "axis-m"]
    with translation.override("de"):
        assert axis("9500000") == "axis-l"


def test_a_year_without_any_figure_has_one_line_and_no_bar() -> None:
    chart = bar_chart([Period("Oct", "Oct 2026", usd("0"), usd("0"))])
    assert [line.text for line in chart.lines] == ["$0"]
    assert chart.groups[0].first.height == "0.00%"


def test_no_figure_at_all_still_draws_an_axis() -> None:
    assert bar_chart([]).groups == ()


def test_yen_have_whole_steps() -> None:
    yen = [Period("Oct", "Oct", Money(Decimal(9), "JPY"), Money(Decimal(0), "JPY"))]
    assert [line.text for line in bar_chart(yen).lines] == ["¥0", "¥5"]


def test_right_to_left_begins_on_the_right() -> None:
    periods = [Period(each, each, usd("1"), usd("1")) for each in ("Oct", "Nov")]
    with translation.override("ar"):
        first, second = bar_chart(periods).groups
    assert percent(first.label_x) > percent(second.label_x)
    assert percent(first.first.x) > percent(first.second.x)


def test_parts_fill_the_bar_in_proportion_and_the_smallest_is_seen() -> None:
    slices = stacked_bar([Part("a", usd("900000")), Part("b", usd("0")), Part("c", usd("0.01"))])
    a, b, c = slices
    assert (b.width, b.is_zero, b.percent) == ("0.00%", True, 0)
    assert percent(c.width) > 0.5
    assert 99.9 < percent(c.x) + percent(c.width) < 100.1
    assert percent(a.x) + percent(a.width) < percent(c.x)
    assert [each.key for each in slices] == ["k0", "k1", "k2"]


def test_parts_that_are_all_zero_give_no_width() -> None:
    assert [each.width for each in stacked_bar([Part("a", usd("0")), Part("b", usd("0"))])] == ["0.00%"] * 2
