"""Why a connection was not made, as lines of the failure catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from tiktoksync.connecting.refusals import AREA, REFUSALS
from tiktoksync.support.buttons import Action
from tiktoksync.support.lines import Line, line

GROUP = "Connecting"
_BLANKS = {"message": "The platform or the installation says why."}
_SUPPORT = frozenset({"taken", "no_app"})


def lines() -> Iterator[Line]:
    """Each refusal; all but those of the installation are begun again."""
    for reason, words in REFUSALS.items():
        action = Action.CONTACT_SUPPORT if reason in _SUPPORT else Action.RECONNECT
        yield line(AREA, GROUP, reason, words.text, words.fix, action=action, blanks=_BLANKS)
