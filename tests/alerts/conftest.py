"""Anna's shop, her people with addresses, and no queue."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.factories import Pair, make_pair
from tiktoksync.lib import queue
from tiktoksync.shops.models import Membership, Merchant


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "wake", lambda stem, account_id: None)


@pytest.fixture
def pair(db: None) -> Pair:
    """Anna's shop and store, asked a moment ago."""
    return fresh_pair("Anna")


def fresh_pair(name: str) -> Pair:
    from django.utils import timezone

    pair = make_pair(name)
    pair.shop.last_poll_at = timezone.now()
    pair.shop.save(update_fields=["last_poll_at"])
    return pair


def join(merchant: Merchant, name: str, role: str = "owner", **user: Any) -> Membership:
    """A person of the team, with an address unless told otherwise."""
    user = {"email": f"{name}@example.com", **user}
    person = User.objects.create_user(name, **user)
    return Membership.objects.create(merchant=merchant, user=person, role=role)


@pytest.fixture
def anna(pair: Pair) -> Membership:
    return join(pair.merchant, "anna")
