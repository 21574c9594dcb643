"""Uploading a picture: a form whose bytes are not part of the signature."""

import random
import struct
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.clients import KEY, Reply, World, send, signature
from tiktoksync.sandbox.http import Request
from tiktoksync.sandbox.tiktok.images import read_parts

PATH = "/product/202309/images/upload"
BOUNDARY = "a-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"rest"


def bmp(width: int, height: int) -> bytes:
    return b"BM" + bytes(16) + struct.pack("<ii", width, -height) + b"rest"


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0ab"
    frame = b"\xff\xc0" + struct.pack(">HBHH", 17, 8, height, width) + bytes(10)
    return b"\xff\xd8" + comment + frame


def form(**parts: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; filename="x"; name="'.encode()
    rows = [head + f'{name}"\r\n\r\n'.encode() + raw + b"\r\n" for name, raw in parts.items()]
    return b"".join(rows) + f"--{BOUNDARY}--\r\n".encode()


def upload(box: World, body: bytes, kind: str = FORM, sign_body: bool = False) -> Reply:
    pairs = [("app_key", KEY), ("timestamp", str(int(time.time())))]
    pairs.append(("sign", signature(PATH, pairs, body if sign_body else b"")))
    headers = {"x-tts-access-token": box.us.shop[1], "content-type": kind}
    return send(box.url, "POST", f"{PATH}?{urlencode(pairs)}", body, headers)


@pytest.mark.parametrize("make", [png, bmp, jpeg])
def test_a_picture_gets_an_address_and_its_size(box: World, make: Any) -> None:
    answer = upload(box, form(data=make(800, 700), use_case=b"ATTRIBUTE_IMAGE")).json
    assert answer["code"] == 0
    data = answer["data"]
    assert (data["width"], data["height"], data["use_case"]) == (800, 700, "ATTRIBUTE_IMAGE")
    assert data["url"].endswith(data["uri"])
    assert [one["kind"] for one in box.log()["writes"]] == ["image_uploaded"]
    again = upload(box, form(data=make(800, 700))).json["data"]
    assert (again["uri"], again["use_case"]) == (data["uri"], "MAIN_IMAGE")


@pytest.mark.parametrize(
    ("size", "use_case", "shown"),
    [
        ((400, 300), "MAIN_IMAGE", (400, 300)),
        ((300, 400), "MAIN_IMAGE", (300, 400)),
        ((401, 300), "MAIN_IMAGE", (401, 401)),
        ((300, 401), "ATTRIBUTE_IMAGE", (401, 401)),
        ((900, 300), "DESCRIPTION_IMAGE", (900, 300)),
    ],
)
def test_wide_and_tall_product_pictures_are_made_square(
    box: World, size: tuple[int, int], use_case: str, shown: tuple[int, int]
) -> None:
    data = upload(box, form(data=png(*size), use_case=use_case.encode())).json["data"]
    assert (data["width"], data["height"]) == shown


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"use_case": b"MAIN_IMAGE"}, 36009004),
        ({"data": b""}, 36009004),
        ({"data": png(500, 500), "use_case": b"SELFIE"}, 36009004),
        ({"data": b"no picture"}, 12038004),
        ({"data": png(299, 500)}, 12019116),
        ({"data": png(4001, 500)}, 12019116),
        ({"data": png(99, 500), "use_case": b"DESCRIPTION_IMAGE"}, 12019116),
        ({"data": png(1023, 2000), "use_case": b"SIZE_CHART_IMAGE"}, 12019116),
        ({"data": png(500, 500) + bytes(10 * 2**20)}, 36009021),
    ],
)
def test_what_the_platform_does_not_take_is_refused(
    box: World, parts: dict[str, bytes], code: int
) -> None:
    assert upload(box, form(**parts)).json["code"] == code
    assert box.log()["writes"] == []


def test_the_bytes_of_a_form_are_not_signed(box: World) -> None:
    body = form(data=png(500, 500))
    assert upload(box, body, sign_body=True).json["code"] == 106001
    assert upload(box, body).json["code"] == 0


def test_every_byte_of_a_picture_arrives() -> None:
    dice = random.Random(7)
    raw = bytes(range(256)) + b"\r\n\r\r\n\n--" + dice.randbytes(5000) + b"\r\n"
    request = Request("POST", PATH, "", {"content-type": FORM}, form(data=raw, use_case=b"X"))
    assert read_parts(request) == {"data": raw, "use_case": b"X"}


def test_a_picture_comes_in_a_form(box: World) -> None:
    reply = upload(box, b'{"data":"x"}', "application/json", sign_body=True)
    assert (reply.status, reply.json["code"]) == (400, 36009023)
