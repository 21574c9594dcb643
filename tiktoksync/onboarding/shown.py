"""Verdicts and pre-flight rows as pages draw them: an icon and a word for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders.presentation import Badge
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.onboarding.services.dry_runs import Findings
from tiktoksync.onboarding.services.progress import StepState
from tiktoksync.onboarding.verdicts import Fate

FATES: Mapping[str, Badge] = {
    Fate.CREATE: Badge("Would be created", "check", "good"),
    Fate.WAIT: Badge("Would wait", "clock", "wait"),
    Fate.BLOCK: Badge("Would be blocked", "stop", "bad"),
    Fate.SKIP: Badge("Would be skipped", "skip", "off"),
    Fate.DONE: Badge("In Shopify", "check", "good"),
}
LIGHTS: Mapping[str, Badge] = {
    PreflightCheck.Light.GREEN: Badge("Fine", "check", "good"),
    PreflightCheck.Light.AMBER: Badge("Look at it", "alert", "wait"),
    PreflightCheck.Light.RED: Badge("In the way", "stop", "bad"),
}


@dataclass(frozen=True, slots=True)
class FateCount:
    """How many orders share a fate."""

    badge: Badge
    count: int


def fate_badge(fate: str) -> Badge:
    """What would become of an order."""
    return FATES[fate]


def light_badge(light: str) -> Badge:
    """What a check found."""
    return LIGHTS[light]


def state_badge(state: StepState) -> Badge | None:
    """Where a step stands, if there is anything to say of it."""
    if state.is_done:
        return Badge("Done", "check", "good")
    if state.is_skipped:
        return Badge("Left out", "skip", "off")
    return Badge("Look at it", "alert", "wait", state.trouble) if state.trouble else None


def group_verdicts(findings: Findings) -> list[FateCount]:
    """The fates that occur, and the one that matters even when it does not."""
    always = (Fate.CREATE, Fate.BLOCK)
    return [
        FateCount(FATES[fate], count)
        for fate, count in findings.counts.items()
        if count or fate in always
    ]
