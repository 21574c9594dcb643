"""Uploading a picture: the form, its signature, and what TikTok calls the picture."""

import hashlib
import hmac
from email import message_from_bytes
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.lib.raw_server import answer, hang_up, serving
from tests.tiktok.test_client import client
from tiktoksync import errors
from tiktoksync.lib.http_form import encode_form
from tiktoksync.tiktok.image_calls import TikTokImage

PICTURE = b"\x89PNG\r\n--x\r\n\x00\xff" * 50
OK = answer(
    b'{"code":0,"message":"Success","request_id":"r1","data":'
    b'{"uri":"tos/1","url":"https://p16.example/1","width":600,"height":"800"}}'
)


def parts_of(request: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The form a server sees: file name and content by field."""
    head, _, body = request.partition(b"\r\n\r\n")
    kind = next(one for one in head.split(b"\r\n") if one.lower().startswith(b"content-type:"))
    form = message_from_bytes(kind + b"\r\n\r\n" + body)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in form.get_payload()
    }


def test_a_picture_is_sent_as_a_form_without_the_cipher():
    with serving(OK) as server:
        answered = client(server.url).upload_image(
            PICTURE, filename="a.png", use_case="ATTRIBUTE_IMAGE"
        )
        request = server.requests[0]
    assert answered.data == TikTokImage("tos/1", "https://p16.example/1", 600, 800)
    assert answered.request_id == "r1"
    assert request.startswith(b"POST /product/202309/images/upload?")
    assert b"shop_cipher" not in request
    assert parts_of(request) == {
        "use_case": (None, b"ATTRIBUTE_IMAGE"),
        "data": ("a.png", PICTURE),
    }


def test_the_signature_leaves_the_forms_bytes_out():
    with serving(OK) as server:
        client(server.url).upload_image(PICTURE, filename="a.png")
        target = server.requests[0].split(b" ")[1].decode()
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    text = parts.path + "".join(name + query[name] for name in sorted(query) if name != "sign")
    expected = hmac.new(b"hush", f"hush{text}hush".encode(), hashlib.sha256).hexdigest()
    assert query["sign"] == expected


def test_an_upload_may_be_repeated():
    with serving(hang_up, OK) as server:
        assert client(server.url).upload_image(b"x", filename="a.png").data.uri == "tos/1"
    assert len(server.requests) == 2


def test_a_lost_answer_leaves_nothing_in_doubt():
    with serving(hang_up) as server, pytest.raises(errors.Unreachable):
        client(server.url).upload_image(b"x", filename="a.png")


def test_a_picture_without_a_name_is_malformed():
    nameless = answer(b'{"code":0,"message":"Success","request_id":"r1","data":{"url":"u"}}')
    with serving(nameless) as server, pytest.raises(errors.MalformedPayload) as caught:
        client(server.url).upload_image(b"x", filename="a.png")
    assert caught.value.request_id == "r1"


def test_a_refused_picture_says_what_to_use():
    refused = answer(b'{"code":12038004,"message":"format","request_id":"r1"}')
    with serving(refused) as server, pytest.raises(errors.Rejected) as caught:
        client(server.url).upload_image(b"x", filename="a.gif")
    assert caught.value.field == "main_images"


def test_a_file_name_cannot_leave_its_quotes():
    body, kind = encode_form(
        {}, file_field="data", filename='a"\r\nX: 1\\.png', content=b"c", content_type="image/png"
    )
    assert b'filename="a___X: 1_.png"\r\nContent-Type: image/png\r\n\r\nc\r\n' in body
    boundary = kind.partition("boundary=")[2]
    assert body.startswith(f"--{boundary}\r\n".encode())
    assert body.endswith(f"\r\n--{boundary}--\r\n".encode())


def test_each_form_has_a_boundary_of_its_own():
    kinds = {encode_form({}, file_field="d", filename="a", content=b"")[1] for _ in range(50)}
    assert len(kinds) == 50
