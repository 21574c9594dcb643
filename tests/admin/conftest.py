"""What the admin tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.admin.valkey import running_valkey
from tests.api.cast import Cast, make_cast
from tiktoksync.lib import queue


@pytest.fixture(autouse=True)
def quick_settings(settings: Any, tmp_path: Path) -> None:
    """Static files without a manifest, since nothing is collected; passwords that cost nothing."""
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The lanes that were woken, in order, instead of a queue."""
    calls: list[tuple[str, int]] = []

    def note(stem: str, account_id: int) -> None:
        calls.append((stem, account_id))

    monkeypatch.setattr(queue, "wake", note)
    return calls


@pytest.fixture
def root(client: Client, admin_user: User) -> Client:
    """A superuser's browser."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def clerk(db: None) -> Client:
    """A member of staff who may look at everything and operate orders."""
    user = User.objects.create_user("clerk", password="x", is_staff=True)
    looks = Permission.objects.filter(codename__startswith="view_")
    user.user_permissions.set([*looks, Permission.objects.get(codename="change_order")])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    with running_valkey() as address:
        yield address


@pytest.fixture
def queue_server(valkey: str, settings: Any) -> str:
    """Both queues live on a real server."""
    settings.RQ_QUEUES = {
        name: {**options, "URL": valkey} for name, options in settings.RQ_QUEUES.items()
    }
    return valkey
