"""A pair of Anna's, her browser, and limits of attempts as they are in life."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from tests.factories import Pair, make_pair
from tests.web.conftest import browser, woken

__all__ = ["woken"]
PASSWORD = "correct horse battery"


@pytest.fixture
def pair(db: None) -> Pair:
    """Anna's shop and store."""
    return make_pair("Anna")


@pytest.fixture
def anna(pair: Pair) -> Client:
    """The owner, signed in."""
    return browser("anna", pair.merchant)


@pytest.fixture
def limits(settings: Any, db: None) -> None:
    """Attempts are counted."""
    settings.ACCOUNT_RATE_LIMITS = {}
    cache.clear()


def person(name: str) -> User:
    """Somebody with an account and an address."""
    return User.objects.create_user(name, f"{name}@example.com", PASSWORD)


def signed_in(user: User) -> Client:
    """That person's browser."""
    client = Client()
    client.force_login(user)
    return client
