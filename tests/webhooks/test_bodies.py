"""How much of a body is read, and for how long."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import RequestFactory

from tests.webhooks.cast import Cast, post_shopify, post_tiktok, tiktok_body, tiktok_signature
from tiktoksync.webhooks import views
from tiktoksync.webhooks.models import Delivery

Woken = list[tuple[str, int]]
LIMIT = 10 * 2**20


def order_body(size: int) -> bytes:
    """A genuine order of exactly this many bytes."""
    empty = json.dumps({"id": 5400000000001, "note": ""}).encode()
    return empty.replace(b'""', b'"' + b"n" * (size - len(empty)) + b'"')


@pytest.mark.parametrize("size", [2_500_000, 5_000_000, LIMIT])
def test_a_large_genuine_body_is_accepted(cast: Cast, woken: Woken, size: int) -> None:
    raw = order_body(size)
    assert len(raw) == size
    assert post_shopify(raw, "orders/updated", path_of=cast.anna_store).status_code == 200
    assert len(Delivery.objects.get().body) == size
    assert woken == [("pull_fulfillments", cast.anna_store.pk)]


def test_a_larger_body_is_413_and_nothing_is_stored(cast: Cast, woken: Woken) -> None:
    raw = order_body(LIMIT + 1)
    assert post_shopify(raw, "orders/updated", path_of=cast.anna_store).status_code == 413
    assert post_tiktok(raw, tiktok_signature(cast.tiktok_app, raw)).status_code == 413
    assert Delivery.objects.count() == 0
    assert woken == []


def test_a_large_claimed_length_is_refused_before_a_byte_is_read(cast: Cast) -> None:
    class Untouched(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    request = RequestFactory().post("/webhooks/tiktok/")
    request.META["CONTENT_LENGTH"] = str(50 * 2**20)
    request._stream = Untouched()
    with pytest.raises(views.BodyTooLarge):
        views.read_body(request)


def test_a_chunked_body_is_read_to_its_end(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1)
    request = RequestFactory().generic("POST", "/webhooks/tiktok/")
    request.META |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(raw)}
    assert views.read_body(request) == raw


def test_a_chunked_body_without_an_end_is_cut_off(cast: Cast) -> None:
    class Endless(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            self.taken += size or 0
            return b"x" * (size or 0)

    endless = Endless()
    request = RequestFactory().generic("POST", "/webhooks/tiktok/")
    request.META |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": endless}
    with pytest.raises(views.BodyTooLarge):
        views.read_body(request)
    assert endless.taken <= LIMIT + views.CHUNK


def test_a_dripping_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr(views.time, "monotonic", lambda: float(next(clock)))

    class Dripping(io.BytesIO):
        drops = 0

        def read(self, *_: Any) -> bytes:
            self.drops += 1
            return b"x"

    dripping = Dripping()
    request = RequestFactory().post("/webhooks/tiktok/")
    request._stream = dripping
    with pytest.raises(views.UploadTooSlow):
        views.read_body(request)
    assert dripping.drops == 4


def test_a_slow_upload_is_answered_and_nothing_is_stored(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UPLOAD_SECONDS", -1.0)
    raw = tiktok_body(1)
    assert post_tiktok(raw, tiktok_signature(cast.tiktok_app, raw)).status_code == 408
    assert Delivery.objects.count() == 0


def test_a_body_that_says_it_is_compressed_is_not_unpacked(cast: Cast, woken: Woken) -> None:
    import gzip

    raw = gzip.compress(b" " * 50_000_000)
    signature = tiktok_signature(cast.tiktok_app, raw)
    assert post_tiktok(raw, signature).status_code == 200
    assert Delivery.objects.get().note == "The body cannot be read."


@pytest.mark.parametrize("header", [None, ""])
def test_without_a_signature_not_a_byte_is_read(cast: Cast, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    request = RequestFactory().post(
        "/webhooks/tiktok/", data=b"x" * 10, content_type="application/json", headers=headers
    )
    assert views.tiktok(request).status_code == 401
    assert request.read() == b"x" * 10
