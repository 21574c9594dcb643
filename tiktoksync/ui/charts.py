"""Charts as numbers: where bars and lines stand in a square of 100 by 100. Templates draw them.

The square is stretched to the room there is, so letters stand beside it, never in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

SIZE = 100.0
BAR_SHARE = 0.7
LABELS_SHOWN = 5
SPARK_MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers under a name. Tones: good, info, wait, bad, off, accent."""

    name: str
    tone: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns or lines over named places, with a sentence for those who do not see them."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    says: str
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for row in self.series for value in row.values)

    @property
    def rows(self) -> list[tuple[str, list[float]]]:
        """The numbers as a table: a label, and a value of each series."""
        return [
            (label, [row.values[index] for row in self.series])
            for index, label in enumerate(self.labels)
        ]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the square."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Column:
    """All that stands over one label, and the words for it."""

    x: float
    width: float
    words: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Line:
    """A series as the points of a line, and the same closed down to the ground."""

    tone: str
    points: str
    area: str


@dataclass(frozen=True, slots=True)
class Share:
    """A bar that lies: a named number beside others, as a part of the greatest."""

    label: str
    count: int
    address: str = ""
    tone: str = "accent"
    note: str = ""


def say_number(value: float) -> str:
    """A number as short as it is exact: 12, 1,200, 3.5."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def nice_top(highest: float) -> float:
    """The smallest of 1, 2, 4, 5, 10 × 10ⁿ that is not below the highest value."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= highest)


def scale_of(chart: Chart, stacked: bool) -> list[float]:
    """The values written beside the square, the highest first."""
    if stacked:
        sums = [sum(values) for _, values in chart.rows]
        top = nice_top(max(sums, default=0))
    else:
        top = nice_top(max((value for row in chart.series for value in row.values), default=0))
    return [top, top / 2, 0.0] if top > 1 else [top, 0.0]


def place_columns(chart: Chart, top: float) -> list[Column]:
    """Stacked columns, each series upon the one before it."""
    step = SIZE / max(len(chart.labels), 1)
    return [
        Column(_round(index * step), _round(step), _say(chart, label, values), bars)
        for index, (label, values) in enumerate(chart.rows)
        for bars in [_stack(chart, values, index, top)]
    ]


def _stack(chart: Chart, values: Sequence[float], index: int, top: float) -> list[Bar]:
    step = SIZE / max(len(chart.labels), 1)
    bars, ground = [], SIZE
    for row, value in zip(chart.series, values, strict=True):
        height = SIZE * value / top
        ground -= height
        if value:
            x = index * step + step * (1 - BAR_SHARE) / 2
            bars.append(
                Bar(_round(x), _round(ground), _round(step * BAR_SHARE), _round(height), row.tone)
            )
    return bars


def _say(chart: Chart, label: str, values: Sequence[float]) -> str:
    named = zip(chart.series, values, strict=True)
    if len(chart.series) == 1:
        return f"{label}: {say_number(values[0])} {chart.unit}".strip()
    told = ", ".join(f"{say_number(value)} {row.name}" for row, value in named if value)
    return f"{label}: {told or 'nothing'}"


def place_points(chart: Chart) -> list[Column]:
    """The room around each point of a line, to be pointed at; the outer ones are cut in half."""
    step = SIZE / max(len(chart.labels) - 1, 1)
    places = []
    for index, (label, values) in enumerate(chart.rows):
        begin, end = max((index - 0.5) * step, 0.0), min((index + 0.5) * step, SIZE)
        words = _say(chart, label, values)
        places.append(Column(_round(begin), _round(end - begin), words, ()))
    return places


def place_lines(chart: Chart, top: float) -> list[Line]:
    """Each series as a line from edge to edge."""
    return [Line(row.tone, *_trace(row.values, 0.0, top, 0.0)) for row in chart.series]


def place_spark(values: Sequence[float]) -> tuple[str, str]:
    """A line without a scale, from its lowest to its highest value, and its area."""
    low, high = min(values), max(values)
    if high == low:
        low, high = low - 1, high + 1
    return _trace(values, low, high, SPARK_MARGIN)


def _trace(values: Sequence[float], low: float, high: float, margin: float) -> tuple[str, str]:
    step = SIZE / max(len(values) - 1, 1)
    room = SIZE - 2 * margin
    heights = [margin + room * (1 - (value - low) / (high - low)) for value in values]
    points = [f"{_round(index * step)},{_round(height)}" for index, height in enumerate(heights)]
    if len(points) == 1:
        points.append(f"{SIZE:g},{_round(heights[0])}")
    line = " ".join(points)
    return line, f"0,{SIZE:g} {line} {SIZE:g},{SIZE:g}"


def thin_labels(labels: Sequence[str]) -> list[str]:
    """The labels that find room; the others stay empty, so that places keep their width."""
    every = max(ceil(len(labels) / LABELS_SHOWN), 1)
    last = len(labels) - 1
    return [label if (last - index) % every == 0 else "" for index, label in enumerate(labels)]


def end_labels(labels: Sequence[str]) -> list[str]:
    """A few labels at even distances, the first and the last among them."""
    count = min(LABELS_SHOWN, len(labels))
    if count < 2:
        return list(labels)
    return [labels[round(index * (len(labels) - 1) / (count - 1))] for index in range(count)]


def place_shares(shares: Sequence[Share]) -> list[tuple[Share, float]]:
    """Each share with the length of its bar, of 100."""
    top = max((share.count for share in shares), default=0) or 1
    return [(share, _round(SIZE * share.count / top)) for share in shares]


def ring_dash(left: float, whole: float) -> str:
    """How much of a ring of 100 is drawn while `left` of `whole` seconds are to come."""
    share = min(max(left / whole, 0.0), 1.0) if whole > 0 else 0.0
    return f"{_round(SIZE * share):g} {SIZE:g}"


def _round(value: float) -> float:
    return round(value, 2)
