"""What the webhook tests share."""

from __future__ import annotations

import pytest

from tests.webhooks.cast import Cast, make_cast
from tiktoksync.webhooks import inbox


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The lanes that were woken, in order."""
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr(inbox, "wake", lambda stem, account_id: calls.append((stem, account_id)))
    return calls
