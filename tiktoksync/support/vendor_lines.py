"""The platforms' tables and the network, as lines of the failure catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from tiktoksync.failures import SHOPIFY, Failure, every_failure
from tiktoksync.support.buttons import Action
from tiktoksync.support.lines import Line, line

_ACCOUNT_ACTIONS = {
    "token_invalid": Action.RECONNECT,
    "token_expired": Action.WAIT,
    "consent_lost": Action.RECONNECT,
    "scope_missing": Action.RECONNECT,
    "plan": Action.OPEN_SHOPIFY,
    "closed": Action.RECONNECT,
}


def lines() -> Iterator[Line]:
    """A line for each failure of the platforms."""
    for failure in every_failure():
        yield line(
            failure.platform or "network",
            failure.platform or "Network",
            failure.code,
            failure.sentence,
            failure.advice,
            layer=failure.layer,
            action=_action(failure),
        )


def _action(failure: Failure) -> str:
    """The button; an account that is not let in has its own by the reason."""
    if failure.account_reason == "unavailable":
        return Action.OPEN_SHOPIFY if failure.platform == SHOPIFY else Action.OPEN_TIKTOK
    return _ACCOUNT_ACTIONS.get(failure.account_reason, "")
