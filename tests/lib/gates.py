"""A gate that notes what passed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tiktoksync.lib.answers import Cost
from tiktoksync.lib.gate import Gate, Ticket


class NotingGate(Gate):
    """Lets every call through; keeps its shape, whether it was safe, and what it cost."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bool]] = []
        self.costs: list[Cost | None] = []

    @contextmanager
    def call(self, shape: str, *, safe: bool, guess: float = 1.0) -> Iterator[Ticket]:
        self.calls.append((shape, safe))
        ticket = Ticket()
        yield ticket
        self.costs.append(ticket.cost)
