"""What the API tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.cast import Cast, make_cast, program
from tiktoksync.lib import queue


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def anna(cast: Cast) -> Client:
    """Anna's program."""
    return program(cast.anna.token)


@pytest.fixture
def ben(cast: Cast) -> Client:
    """Ben's program, a stranger to Anna's orders."""
    return program(cast.ben.token)


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The lanes that were woken, in order, instead of a queue."""
    calls: list[tuple[str, int]] = []

    def note(stem: str, account_id: int) -> None:
        calls.append((stem, account_id))

    monkeypatch.setattr(queue, "wake", note)
    return calls


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files without a manifest: nothing is collected for a test."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
