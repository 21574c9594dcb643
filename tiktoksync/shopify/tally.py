"""Answers made of other answers."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from tiktoksync.lib.answers import Answer, Cost

T = TypeVar("T")


def carry(answer: Answer[Any], data: T) -> Answer[T]:
    """The same answer with its data read."""
    return Answer(data, answer.request_id, answer.elapsed, answer.cost, answer.warnings)


@dataclass(slots=True)
class Tally:
    """Adds up the calls one method had to make: seconds and points as sums, the rest as last."""

    request_id: str = ""
    elapsed: float = 0.0
    cost: Cost | None = None
    warnings: list[str] = field(default_factory=list)

    def add(self, answer: Answer[Any]) -> None:
        self.request_id = answer.request_id
        self.elapsed += answer.elapsed
        self.warnings += [text for text in answer.warnings if text not in self.warnings]
        if answer.cost:
            self.cost = _sum(self.cost, answer.cost)

    def answer(self, data: T) -> Answer[T]:
        return Answer(data, self.request_id, self.elapsed, self.cost, tuple(self.warnings))


def _sum(before: Cost | None, now: Cost) -> Cost:
    if before is None:
        return now
    actual = None if now.actual is None else (before.actual or 0.0) + now.actual
    return Cost(
        before.requested + now.requested, actual, now.available, now.maximum, now.restore_rate
    )
