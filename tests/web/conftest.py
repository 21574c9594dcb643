"""Anna's team, Ben the stranger, and a person without any merchant, each with a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import Pair, make_pair
from tiktoksync.lib import queue
from tiktoksync.shops.models import Membership, Merchant


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The lanes that were woken, in order, instead of a queue."""
    calls: list[tuple[str, int]] = []

    def note(stem: str, account_id: int) -> None:
        calls.append((stem, account_id))

    monkeypatch.setattr(queue, "wake", note)
    return calls


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Pages name their static files without a manifest: nothing is collected for a test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def pair(db: None) -> Pair:
    """Anna's shop and store."""
    return make_pair("Anna")


@pytest.fixture
def strangers(db: None) -> Pair:
    """Ben's shop and store."""
    return make_pair("Ben")


def browser(name: str, merchant: Merchant | None, role: str = "owner") -> Client:
    """A signed-in person of that merchant's team."""
    user = User.objects.create_user(name)
    if merchant:
        Membership.objects.create(merchant=merchant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anna(pair: Pair) -> Client:
    """The owner."""
    return browser("anna", pair.merchant)


@pytest.fixture
def viewer(pair: Pair) -> Client:
    """Somebody of Anna's team who may only look."""
    return browser("vera", pair.merchant, "viewer")


@pytest.fixture
def ben(strangers: Pair) -> Client:
    """The owner of another merchant."""
    return browser("ben", strangers.merchant)
