"""Privacy work beside the timetable: a large file or a long erasure does not hold the sweep up."""

from __future__ import annotations

from tiktoksync.lib.aside import run_aside
from tiktoksync.privacy.services.export_files import forget_old_exports
from tiktoksync.privacy.services.retention import erase_expired
from tiktoksync.privacy.services.work_requests import work_requests


def work_aside() -> None:
    """Work the requests that are due, unless that goes on already."""
    run_aside("privacy requests", work_requests)


def erase_aside() -> None:
    """Erase what is old enough, and files whose time is over."""
    run_aside("retention", _erase)


def _erase() -> None:
    forget_old_exports()
    erase_expired()
