"""Processes that may be killed: `python -m tests.faults.process` forks one for each line it reads.

A line tells the environment, the steps and where the output goes; the answer is how the process
ended. A step is a management command, or `pass=SECONDS`, which lets time pass for all that waits.
Whoever arms a failpoint (see tiktoksync/lib/failpoints.py) has the process die there as by a power
cut. Importing the application takes longer than most of what is done with it, so that is done once.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from typing import Any

import django
from django.conf import Settings, settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections

SETTINGS = "tests.settings"


def serve() -> None:
    """Fork for every wish on stdin, one after the other, until there are no more."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()
    import_all()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            live(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def import_all() -> None:
    """What a command would import on its way."""
    from django.core.management import get_commands, load_command_class
    from django.urls import get_resolver

    for name, app in get_commands().items():
        if isinstance(app, str) and app.split(".")[0] in ("orders", "products", "tiktoksync"):
            load_command_class(app, name)
    _ = get_resolver().url_patterns


def live(wish: dict[str, Any]) -> None:
    """Be the process of one wish; never returns."""
    ended = 1
    try:
        for number, path in enumerate(wish["outputs"], start=1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        begin_in(wish["environment"])
        run(wish["steps"])
        ended = 0
    except BaseException:  # noqa: BLE001  a process that ends tells why, whatever it is
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended)


def begin_in(environment: dict[str, str]) -> None:
    """Read all that is read from the environment again, as at the start of a process."""
    from tiktoksync.lib import failpoints

    os.environ.clear()
    os.environ.update(environment, DJANGO_SETTINGS_MODULE=SETTINGS)
    for name in ("tiktoksync.settings", SETTINGS):
        importlib.reload(sys.modules[name])
    # What was asked of the settings before is remembered there.
    vars(settings).clear()
    vars(settings)["_wrapped"] = Settings(SETTINGS)
    connections.settings = connections.configure_settings(None)
    with contextlib.suppress(AttributeError):
        del connections[DEFAULT_DB_ALIAS]
    importlib.reload(failpoints)


def run(steps: list[str]) -> None:
    """One step after the other, with nobody to wake: the queue is not what is looked at here."""
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
    serve()
