"""Privacy work beside the timetable: a large file or a long erasure does not hold the sweep up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.db import DatabaseError, connections

from tiktoksync.privacy.services.export_files import forget_old_exports
from tiktoksync.privacy.services.retention import erase_expired
from tiktoksync.privacy.services.work_requests import work_requests

log = structlog.get_logger(__name__)
_running: dict[str, threading.Thread] = {}


def work_aside() -> None:
    """Work the requests that are due, unless that goes on already."""
    _aside("privacy requests", work_requests)


def erase_aside() -> None:
    """Erase what is old enough, and files whose time is over."""
    _aside("retention", _erase)


def _erase() -> None:
    forget_old_exports()
    erase_expired()


def _aside(name: str, work: Callable[[], object]) -> None:
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
