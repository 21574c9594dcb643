"""What TikTok Shop's answers mean when they are not a plain success."""

import json
import time

import pytest

from tests.lib.raw_server import RawServer, answer, drip, hang_up, raw, reset, serving
from tests.tiktok.test_client import REQUEST_ID, SHIP, client, envelope
from tiktoksync import errors
from tiktoksync.lib import http, http_clock
from tiktoksync.tiktok.client import TikTokClient


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    http._local.__dict__.clear()
    monkeypatch.setattr(http_clock, "_skew", {})


def read(one: TikTokClient) -> object:
    return one.search_orders(update_time_ge=1)


def write(one: TikTokClient) -> object:
    return one.mark_shipped("1", ["2"], **SHIP)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500, 503])
def test_the_code_decides_whatever_the_status_is(status: int):
    body = json.dumps(envelope(None, 105002, "Expired credentials.")).encode()
    with (
        serving(answer(body, f"{status} X")) as server,
        pytest.raises(errors.NotAuthorized) as caught,
    ):
        write(client(server.url))
    assert caught.value.account_reason == "token_expired"
    assert (caught.value.code, caught.value.request_id) == ("105002", REQUEST_ID)


def test_a_success_code_is_a_success_even_with_a_bad_status():
    body = json.dumps(envelope({"package_id": "3"})).encode()
    with serving(answer(body, "500 Oops")) as server:
        assert write(client(server.url)).data.package_id == "3"


@pytest.mark.parametrize("code", ["0", 0])
def test_a_code_may_come_as_text(code: object):
    with serving(answer(json.dumps(envelope({}, code)).encode())) as server:
        assert write(client(server.url)).data.package_id == ""


@pytest.mark.parametrize(
    ("status", "name"), [(200, "Rejected"), (400, "Rejected"), (429, "RateLimited")]
)
def test_an_unlisted_code_is_rejected_unless_the_status_says_overloaded(status: int, name: str):
    body = json.dumps(envelope(None, 47110815, "New.")).encode()
    with (
        serving(answer(body, f"{status} X")) as server,
        pytest.raises(getattr(errors, name)) as caught,
    ):
        write(client(server.url))
    assert type(caught.value).__name__ == name


@pytest.mark.parametrize(("call", "error"), [(read, "Unreachable"), (write, "OutcomeUnknown")])
@pytest.mark.parametrize(
    "behaviour",
    [
        answer(b"<html>oops</html>", "500 Oops"),
        answer(b"<html>oops</html>", "502 Bad Gateway"),
        answer(b"", "503 Busy"),
        answer(b"", "504 Slow"),
        answer(b"<html>hello</html>"),
        answer(b""),
        answer(b'{"code":0,"data":{"pack'),
        answer(b"[]"),
        answer(b"null"),
        answer(b'{"message":"Success"}'),
        answer(b'{"code":null}'),
        answer(b'{"code":true}'),
        answer(b'{"code":47110815}', "500 Oops"),
        answer(b'{"code":36009003}'),
        answer(b'{"code":36009007}'),
        answer(b"timeout", "408 Request Timeout"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
        reset,
        hang_up,
    ],
)
def test_an_unclear_answer_is_unreachable_for_a_read_and_unknown_for_a_write(
    behaviour, call, error: str
):
    with serving(behaviour) as server, pytest.raises(errors.RetryableError) as caught:
        call(client(server.url))
    assert type(caught.value).__name__ == error


@pytest.mark.parametrize(
    "behaviour",
    [answer(b"", "503 Busy"), answer(b"", "502 Bad"), hang_up, reset, answer(b"<html>")],
)
def test_a_write_is_sent_exactly_once(behaviour):
    with serving(behaviour) as server:
        with pytest.raises(errors.OutcomeUnknown):
            write(client(server.url))
        assert len(server.requests) == 1


@pytest.mark.parametrize("behaviour", [answer(b"", "503 Busy"), answer(b"", "502 Bad"), hang_up])
def test_a_search_is_a_read_and_sent_a_second_time(behaviour):
    good = answer(json.dumps(envelope({"orders": [{"id": "1"}]})).encode())
    with serving(behaviour, good) as server:
        assert read(client(server.url)).data.orders == [{"id": "1"}]
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ("301 Moved", "OutcomeUnknown"),
        ("302 Found", "OutcomeUnknown"),
        ("401 Who", "NotAuthorized"),
        ("403 No", "NotAuthorized"),
        ("404 Where", "Rejected"),
        ("413 Large", "Rejected"),
        ("429 Slow", "RateLimited"),
    ],
)
def test_a_status_without_an_envelope_speaks_for_itself(status: str, name: str):
    with serving(answer(b"<html>", status)) as server:
        with pytest.raises(errors.SyncError) as caught:
            write(client(server.url))
        assert type(caught.value).__name__ == name
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry_After": "2"}, 2.0),
        ({"Retry_After": "2.0"}, 2.0),
        (
            {
                "Retry_After": "Fri, 20 Nov 2026 08:00:07 GMT",
                "Date": "Fri, 20 Nov 2026 08:00:00 GMT",
            },
            7.0,
        ),
        ({}, None),
    ],
)
@pytest.mark.parametrize(
    "body", [b"", json.dumps(envelope(None, 36009002, "Too many requests.")).encode()]
)
def test_being_throttled_keeps_the_requested_delay(header, seconds, body: bytes):
    with serving(answer(body, "429 Slow", **header)) as server:
        with pytest.raises(errors.RateLimited) as caught:
            read(client(server.url))
        assert len(server.requests) == 1
    assert caught.value.retry_after == seconds
    assert caught.value.pauses_account


def test_nothing_secret_and_no_body_stands_in_an_error():
    body = json.dumps({"code": 21008111, "message": "no", "data": {"name": "Ann Buyer"}}).encode()
    with serving(answer(body)) as server, pytest.raises(errors.Gone) as caught:
        write(client(server.url))
    told = f"{caught.value} {caught.value.detail} {caught.value.__dict__}"
    for secret in ("hush", "ROW_token", "ROW_cipher", "Ann"):
        assert secret not in told


def test_an_answer_outside_the_deadline_is_not_waited_for():
    holder: list[RawServer] = []
    with serving(drip(b"HTTP/1.1 200 OK\r\n" * 900, holder)) as server:
        holder.append(server)
        started = time.monotonic()
        with pytest.raises(errors.OutcomeUnknown):
            write(client(server.url, deadline=0.3))
    assert time.monotonic() - started < 1.0
