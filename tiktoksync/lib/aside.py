"""Work beside the timetable: what takes a while does not hold the sweep up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.db import DatabaseError, connections

log = structlog.get_logger(__name__)
_running: dict[str, threading.Thread] = {}


def run_aside(name: str, work: Callable[[], object]) -> None:
    """Begin some work in a thread of its own, unless it goes on already under this name."""
    before = _running.get(name)
    if before is not None and before.is_alive():
        return
    thread = threading.Thread(target=_guarded, args=(name, work), name=name, daemon=True)
    _running[name] = thread
    thread.start()


def _guarded(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except DatabaseError as error:
        log.error("database away", entry=name, error=type(error).__name__)
    finally:
        connections.close_all()
