"""Named places where a test can stop the process. Free when none is armed.

Each outbound call passes them in this order: ``claiming`` (the claim is written, not committed),
``claimed``, ``sending`` (nothing left this machine yet), ``sent`` (the whole request did, no answer
was read), ``answered``, ``recording``, ``committing`` (the outcome is written, not committed),
``recorded``.
"""

import os
import signal

PLACES = (
    "claiming",
    "claimed",
    "sending",
    "sent",
    "answered",
    "recording",
    "committing",
    "recorded",
)
# "answered" dies there the first time, "answered:2" lets two calls pass before.
ARMED, _, _skip = os.environ.get("FAILPOINT", "").partition(":")
_left = int(_skip or 0)


def reach(name: str) -> None:
    """Kill this very process, as a power cut would, if the failpoint `name` is armed."""
    global _left
    if ARMED and name == ARMED:
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        _left -= 1
