"""Charts are numbers in a square of 100: exact places, readable words, nothing divided by zero."""

from __future__ import annotations

import pytest

from tiktoksync.ui.charts import (
    Chart,
    Series,
    Share,
    end_labels,
    nice_top,
    place_columns,
    place_lines,
    place_points,
    place_shares,
    place_spark,
    ring_dash,
    say_number,
    scale_of,
    thin_labels,
)


def chart(*series: Series, labels: tuple[str, ...] = ("Mon", "Tue")) -> Chart:
    return Chart("Orders", labels, series, "Two days.", "orders")


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 1), (0.3, 0.4), (1, 1), (3, 4), (5, 5), (7, 10), (13, 20), (49, 50), (10_000, 10_000)],
)
def test_the_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    assert nice_top(highest) == pytest.approx(top)


def test_columns_stand_upon_each_other() -> None:
    drawn = chart(Series("synced", "good", (3, 0)), Series("blocked", "bad", (1, 2)))
    assert scale_of(drawn, stacked=True) == [4, 2, 0]
    assert scale_of(drawn, stacked=False) == [4, 2, 0]
    monday, tuesday = place_columns(drawn, 4)
    assert [(bar.tone, bar.y, bar.height) for bar in monday.bars] == [
        ("good", 25, 75),
        ("bad", 0, 25),
    ]
    assert [(bar.x, bar.width) for bar in monday.bars] == [(7.5, 35), (7.5, 35)]
    assert [(bar.tone, bar.x, bar.y, bar.height) for bar in tuesday.bars] == [("bad", 57.5, 50, 50)]
    assert monday.words == "Mon: 3 synced, 1 blocked"
    assert tuesday.words == "Tue: 2 blocked"


def test_one_series_is_told_with_its_unit() -> None:
    (monday, tuesday) = place_columns(chart(Series("orders", "info", (1200, 0))), 2000)
    assert (monday.words, tuesday.words) == ("Mon: 1,200 orders", "Tue: 0 orders")
    assert tuesday.bars == []


def test_a_day_of_nothing_says_so() -> None:
    drawn = chart(Series("a", "good", (0, 0)), Series("b", "bad", (0, 0)))
    assert drawn.is_empty
    assert scale_of(drawn, stacked=True) == [1, 0]
    assert [column.words for column in place_columns(drawn, 1)] == ["Mon: nothing", "Tue: nothing"]


def test_a_line_goes_from_edge_to_edge() -> None:
    labels = ("a", "b", "c")
    drawn = chart(Series("minutes", "accent", (4, 2, 0)), labels=labels)
    (line,) = place_lines(drawn, 4)
    assert line.points == "0.0,0.0 50.0,50.0 100.0,100.0"
    assert line.area == "0,100 0.0,0.0 50.0,50.0 100.0,100.0 100,100"
    assert [(place.x, place.width) for place in place_points(drawn)] == [
        (0, 25),
        (25, 50),
        (75, 25),
    ]


def test_a_spark_fills_its_room_and_a_flat_one_stands_in_the_middle() -> None:
    assert place_spark((0, 10))[0] == "0.0,92.0 100.0,8.0"
    assert place_spark((5, 5))[0] == "0.0,50.0 100.0,50.0"
    assert place_spark((5,))[0] == "0.0,50.0 100,50.0"


def test_labels_are_thinned_from_the_newest_on() -> None:
    labels = [str(day) for day in range(1, 15)]
    assert [label for label in thin_labels(labels) if label] == ["2", "5", "8", "11", "14"]
    assert len(thin_labels(labels)) == 14
    assert end_labels(labels) == ["1", "4", "7", "11", "14"]
    assert thin_labels(["a", "b"]) == end_labels(["a", "b"]) == ["a", "b"]
    assert end_labels([]) == []


def test_shares_are_parts_of_the_greatest() -> None:
    shares = [Share("One", 12), Share("Two", 3), Share("Three", 0)]
    assert [length for _, length in place_shares(shares)] == [100, 25, 0]
    assert place_shares([Share("None", 0)])[0][1] == 0


@pytest.mark.parametrize(
    ("left", "whole", "dash"),
    [(1800, 3600, "50 100"), (9000, 3600, "100 100"), (-5, 3600, "0 100"), (5, 0, "0 100")],
)
def test_a_ring_shows_what_is_left(left: float, whole: float, dash: str) -> None:
    assert ring_dash(left, whole) == dash


def test_numbers_are_short_and_exact() -> None:
    assert [say_number(value) for value in (12, 1200.0, 3.25, 0.4)] == ["12", "1,200", "3.2", "0.4"]
