"""Many posts at once, and a database that has no time: never 200 without a row, never long."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.http import HttpRequest
from django.test import RequestFactory

from tests.webhooks.cast import Cast, make_cast, post_shopify, post_tiktok, tiktok_body
from tests.webhooks.cast import tiktok_signature as sign
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.webhooks import inbox, views
from tiktoksync.webhooks.models import Delivery

Woken = list[tuple[str, int]]


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A database that threads really share: on SQLite a file, as in production."""
    if connection.vendor != "sqlite":
        yield connection.settings_dict
        return
    usual = connections.databases[DEFAULT_DB_ALIAS]
    path = tmp_path / "shared.sqlite3"
    with sqlite3.connect(path) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    copy.close()
    connections.databases[DEFAULT_DB_ALIAS] = {**usual, "NAME": str(path)}
    yield connections.databases[DEFAULT_DB_ALIAS]
    connections.databases[DEFAULT_DB_ALIAS] = usual
    shutil.rmtree(tmp_path, ignore_errors=True)


def in_threads(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Run `call` in threads that start at the same moment; each has its own connection."""
    answers: list[Any] = [None] * count
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            barrier.wait()
            answers[number] = call(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def signed_request(cast: Cast, raw: bytes) -> HttpRequest:
    return RequestFactory().post(
        "/webhooks/tiktok/",
        data=raw,
        content_type="application/json",
        headers={"Authorization": sign(cast.tiktok_app, raw)},
    )


def test_twenty_posts_of_one_delivery_at_once_have_one_effect(
    shared_database: Any, woken: Woken
) -> None:
    cast = in_threads(1, lambda _: make_cast())[0]
    raw = tiktok_body(1, tts_notification_id="7")
    signature = sign(cast.tiktok_app, raw)
    answers = in_threads(20, lambda _: post_tiktok(raw, signature).status_code)
    assert answers == [200] * 20
    rows = in_threads(1, lambda _: list(Delivery.objects.values_list("outcome", flat=True)))[0]
    assert rows == ["new"]
    assert woken == [("pull_orders", cast.anna_shop.pk)]


def test_ten_bodies_under_one_id_at_once_have_one_effect(
    shared_database: Any, woken: Woken
) -> None:
    cast = in_threads(1, lambda _: make_cast())[0]
    bodies = [
        tiktok_body(1, tts_notification_id="7", data={"order_id": str(number)})
        for number in range(10)
    ]
    answers = in_threads(
        10, lambda n: post_tiktok(bodies[n], sign(cast.tiktok_app, bodies[n])).status_code
    )
    assert answers == [200] * 10
    rows = in_threads(1, lambda _: list(Delivery.objects.values_list("outcome", flat=True)))[0]
    assert sorted(rows) == ["evidence"] * 9 + ["new"]
    assert len(woken) == 1


def test_a_locked_database_is_503_long_before_the_usual_patience_ends(
    shared_database: Any, woken: Woken
) -> None:
    cast = in_threads(1, lambda _: make_cast())[0]
    raw = tiktok_body(1)

    def post(_: int) -> tuple[int, float]:
        request = signed_request(cast, raw)
        began = time.monotonic()
        return views.tiktok(request).status_code, time.monotonic() - began

    with lock_held(shared_database):
        status, seconds = in_threads(1, post)[0]
    assert status == 503
    assert seconds < 5, "the usual patience is twenty"
    assert in_threads(1, lambda _: Delivery.objects.count())[0] == 0
    assert woken == []
    assert in_threads(1, post)[0][0] == 200


class lock_held:  # noqa: N801
    """Somebody else's open transaction that keeps every writer out."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.database = database

    def __enter__(self) -> None:
        if connection.vendor == "sqlite":
            self.other: Any = sqlite3.connect(self.database["NAME"], isolation_level=None)
            self.other.execute("BEGIN IMMEDIATE")
            return
        self.other = connection.copy()
        self.other.set_autocommit(False)
        with self.other.cursor() as cursor:
            cursor.execute("LOCK TABLE webhooks_delivery IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.other.rollback()
        self.other.close()


def test_the_usual_patience_is_back_after_a_webhook(shared_database: Any, woken: Woken) -> None:
    is_sqlite = connection.vendor == "sqlite"
    question = "PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout"
    cast = in_threads(1, lambda _: make_cast())[0]
    raw = tiktok_body(1)

    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()

    def post_between(_: int) -> tuple[Any, int, Any]:
        return ask(), post_tiktok(raw, sign(cast.tiktok_app, raw)).status_code, ask()

    before, status, after = in_threads(1, post_between)[0]
    assert status == 200
    assert after == before


@pytest.mark.parametrize(
    "error",
    [OperationalError("gone"), InterfaceError("closed"), UnreadableSecret("no key")],
    ids=lambda error: type(error).__name__,
)
def test_whatever_keeps_the_row_from_being_stored_is_503(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(inbox, "_store", fail)
    raw = tiktok_body(1)
    assert post_tiktok(raw, sign(cast.tiktok_app, raw)).status_code == 503
    answer = post_shopify(b'{"id":1}', "orders/updated", path_of=cast.anna_store)
    assert answer.status_code == 503
    assert Delivery.objects.count() == 0
    assert woken == []


def test_a_bug_is_not_taken_for_a_stored_webhook(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(views, "store_once", fail)
    raw = tiktok_body(1)
    with pytest.raises(KeyError):
        views.tiktok(signed_request(cast, raw))
    assert Delivery.objects.count() == 0
