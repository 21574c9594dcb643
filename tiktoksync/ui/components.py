"""What pages hand to the components: small typed facts, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tab:
    """A standing view: where it leads, how much is there, whether it is the one shown."""

    label: str
    address: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address of the page without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a setup guide."""

    title: str
    address: str
    is_done: bool = False
    text: str = ""
    button: str = "Continue"


@dataclass(frozen=True, slots=True)
class Guide:
    """A checklist that leads somewhere: n of m, and the next step open."""

    title: str
    steps: Sequence[Step]
    text: str = ""

    @property
    def done(self) -> int:
        """How many steps are behind the reader."""
        return sum(step.is_done for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The first step that is still to be done."""
        return next((step for step in self.steps if not step.is_done), None)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that leads to what it counts, with its last days as a line."""

    label: str
    value: str
    address: str
    icon: str = ""
    tone: str = ""
    note: str = ""
    points: Sequence[float] = field(default_factory=tuple)
    points_say: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a timeline: what happened, by whom, in which tone."""

    sentence: str
    icon: str
    tone: str = "off"
    actor: str = ""
    note: str = ""
