"""Waiting with an end: ask again until it is so, or say what was seen instead."""

import time
from collections.abc import Callable

WAIT_SECONDS = 60.0
ASK_SECONDS = 0.25


class StepFailed(Exception):
    """A step was not seen in time, or the opposite was seen."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step = step
        self.why = why


def wait_for(step: str, look: Callable[[], str], seconds: float = WAIT_SECONDS) -> None:
    """Ask until `look` finds nothing amiss.

    `look` returns an empty text, or what stands in the way.

    Raises:
        StepFailed: after `seconds`, with what was amiss last.
    """
    end = time.monotonic() + seconds
    while amiss := look():
        if time.monotonic() >= end:
            raise StepFailed(step, f"not seen within {seconds:g} s: {amiss}")
        time.sleep(ASK_SECONDS)


def require(step: str, amiss: str) -> None:
    """It must be so now.

    Raises:
        StepFailed: there is something amiss.
    """
    if amiss:
        raise StepFailed(step, amiss)
