"""Anna on her way to a live shop, and the people around her."""

from __future__ import annotations

import pytest

from tests.factories import Pair, make_pair, set_columns
from tests.fakes import Platforms, plug_in
from tests.web.conftest import anna, ben, browser, plain_static_files, strangers, viewer, woken
from tiktoksync.connecting.models import PreflightCheck

__all__ = ["anna", "ben", "browser", "plain_static_files", "strangers", "viewer", "woken"]


@pytest.fixture
def pair(db: None) -> Pair:
    """Anna's shop and store, connected and not live."""
    made = make_pair("Anna")
    set_columns(made.shop, live_at=None)
    return made


@pytest.fixture(autouse=True)
def platforms(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    """Both platforms as stand-ins that note every call."""
    return plug_in(monkeypatch)


def check(
    pair: Pair, light: str, key: str = "x", words: str = "It is.", fix: str = ""
) -> PreflightCheck:
    """A line of a pre-flight that was run."""
    return PreflightCheck.objects.create(shop=pair.shop, key=key, light=light, words=words, fix=fix)
