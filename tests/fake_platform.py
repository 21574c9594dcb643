"""What the stand-ins of both platforms share: a log of calls, faults, hooks during a call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer, Cost

Hook = Callable[[], None]


@dataclass
class Fault:
    """One answer that goes wrong: before or after its effect over there."""

    error: Exception
    after_effect: bool = False


class Platform:
    """What both stand-ins share: a log of calls, faults, and hooks that run during a call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.tokens: list[str] = []
        self.faults: dict[str, list[Fault]] = {}
        self.hooks: dict[str, list[Hook]] = {}
        self.guard = threading.RLock()

    def fail(
        self, method: str, error: Exception, *, after_effect: bool = False, times: int = 1
    ) -> None:
        """The next `times` calls of a method end with this error."""
        self.faults.setdefault(method, []).extend([Fault(error, after_effect)] * times)

    def during(self, method: str, hook: Hook) -> None:
        """Run a hook inside the next call of a method, once its effect has come about."""
        self.hooks.setdefault(method, []).append(hook)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _ in self.calls)

    def called(self) -> list[str]:
        """The methods called, in order."""
        return [name for name, _ in self.calls]

    def arguments(self, method: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def perform(self, token: str, method: str, effect: Callable[[], Any], *arguments: Any) -> Any:
        """One call: logged, with its fault and its hook."""
        with self.guard:
            self.calls.append((method, arguments))
            self.tokens.append(token)
            fault = self.faults[method].pop(0) if self.faults.get(method) else None
            if fault is not None and not fault.after_effect:
                raise fault.error
            data = effect()
            hook = self.hooks[method].pop(0) if self.hooks.get(method) else None
        if hook is not None:
            hook()
        if fault is not None:
            raise fault.error
        number = len(self.calls)
        return Answer(data, f"request-{number}", 0.01, self.cost())

    def cost(self) -> Cost | None:
        return None


def within(most: int, values: Sequence[Any]) -> None:
    """The real clients refuse longer lists in the same way."""
    if len(values) > most:
        raise ValueError(f"At most {most} a call.")
