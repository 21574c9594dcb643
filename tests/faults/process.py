"""A process that may be killed: `python -m tests.faults.process STEP…`.

A step is a management command, or `pass=SECONDS`, which lets time pass for all that waits. Whoever
arms a failpoint (see tiktoksync/lib/failpoints.py) has it die there as by a power cut.
"""

from __future__ import annotations

import os
import sys

import django


def main(steps: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command

    from tests.factories import pass_time
    from tiktoksync.lib import queue

    queue.wake = lambda stem, account_id: None
    queue.forget_wake = lambda stem, account_id: None
    for step in steps:
        name, _, seconds = step.partition("=")
        if name == "pass":
            pass_time(float(seconds))
        else:
            call_command(name)


if __name__ == "__main__":
    main(sys.argv[1:])
