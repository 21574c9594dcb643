"""What names a picture, and who may look at the copy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Pair, make_pair
from tests.pictures.drawn import signed_part
from tiktoksync.pictures.addresses import key_of, may_be_fetched, picture_address, read_signed

SHIRT = "https://cdn.shopify.com/s/files/1/shirt.png?v=7"
pytestmark = pytest.mark.django_db
TIKTOK = "https://p16-oec-va.ibyteimg.com/tos/abc~resize.jpeg?x-expires=1&x-signature=a"


@pytest.mark.parametrize(
    ("url", "on_loopback", "may"),
    [
        ("https://cdn.example/a.jpg", False, True),
        ("http://cdn.example/a.jpg", True, False),
        ("http://127.0.0.1:9400/a.jpg", True, True),
        ("http://127.0.0.1:9400/a.jpg", False, False),
        ("https://127.0.0.1/a.jpg", False, False),
        ("https://localhost/a.jpg", False, False),
        ("data:text/html,x", True, False),
        ("file:///etc/passwd", True, False),
        ("https://[oops/a.jpg", True, False),
        ("https://cdn.example/" + "a" * 2000, True, False),
        ("", True, False),
    ],
)
def test_only_addresses_of_the_open_web_are_asked(
    url: str, on_loopback: bool, may: bool, settings: Any
) -> None:
    settings.ON_LOOPBACK = on_loopback
    assert may_be_fetched(url) is may


def test_one_picture_on_tiktok_has_many_addresses() -> None:
    other = "https://p19-oec-sg.ibyteimg.com/tos/abc~resize.jpeg?x-expires=2&x-signature=b"
    assert key_of(TIKTOK) == key_of(other)
    assert key_of(TIKTOK) != key_of(TIKTOK.replace("abc", "abd"))
    assert key_of(TIKTOK) != key_of(TIKTOK.replace("ibyteimg.com", "ibyteimg.com.example"))


def test_another_version_at_shopify_is_another_picture() -> None:
    assert key_of(SHIRT) != key_of(SHIRT.replace("v=7", "v=8"))


def test_an_address_is_the_same_each_time_and_ours(pair: Pair) -> None:
    address = picture_address(pair.merchant, SHIRT)
    assert address == picture_address(pair.merchant, SHIRT)
    assert address.startswith("/pictures/")
    assert "shopify" not in address


def test_an_address_is_read_by_its_merchant_only(pair: Pair) -> None:
    signed = signed_part(pair.merchant, SHIRT)
    assert read_signed(pair.merchant, signed) == SHIRT
    assert read_signed(make_pair("Ben").merchant, signed) is None
    assert read_signed(pair.merchant, signed[:-1] + ("A" if signed[-1] != "A" else "B")) is None
    assert read_signed(pair.merchant, SHIRT) is None
    assert read_signed(pair.merchant, "") is None
