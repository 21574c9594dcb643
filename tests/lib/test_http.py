"""The door to the network: deadlines, single writes, and what each failure means."""

import contextlib
import logging
import threading
import time
from decimal import Decimal

import pytest
import requests
import responses

from tests.lib.raw_server import (
    RawServer,
    answer,
    closed_port,
    drip,
    half_close,
    hang_up,
    raw,
    reset,
    serving,
)
from tiktoksync.errors import ConfigError, OutcomeUnknown, RetryableError, Unreachable
from tiktoksync.lib import http

OK = answer(b'{"ok":true}')


@pytest.fixture(autouse=True)
def _fresh_session():
    """A connection kept alive by one test must not reach into the next."""
    http._local.__dict__.clear()


def test_returns_status_headers_body_and_time_of_any_complete_answer():
    with serving(answer(b"no", status="418 Teapot", X_Request_Id="r1")) as server:
        response = http.send("GET", server.url, safe=True)
    assert response.status == 418
    assert response.body == b"no"
    assert response.headers["x-request-id"] == "r1"
    assert 0 < response.elapsed < 5


def test_sends_method_path_headers_and_body_as_given():
    with serving(OK) as server:
        http.send("DELETE", server.url + "/a?b=%2B", headers={"X-A": "1"}, body=b"{}", safe=False)
        request = server.requests[0]
    assert request.startswith(b"DELETE /a?b=%2B HTTP/1.1\r\n")
    assert b"X-A: 1\r\n" in request
    assert b"User-Agent: TikTokSync\r\n" in request
    assert request.endswith(b"\r\n\r\n{}")


def test_keeps_numbers_exact_when_parsing():
    response = http.Response(200, {}, b'{"id":576461413038785752,"rate":0.10}', 0.0)
    assert response.json() == {"id": 576461413038785752, "rate": Decimal("0.10")}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"a":', b"\xff", b"NaN", b'{"a":Infinity}', b"[" * 100_000]
)
def test_says_value_error_without_the_body_when_it_is_not_json(body: bytes):
    response = http.Response(200, {}, body, 0.0)
    with pytest.raises(ValueError, match=r"^The body is not JSON\.$") as caught:
        response.json()
    assert caught.value.__context__ is None
    assert response.json_object() is None


@pytest.mark.parametrize(
    ("body", "expected"), [(b'{"a":1}', {"a": 1}), (b"[1]", None), (b"null", None), (b"{}", {})]
)
def test_gives_the_body_only_if_it_is_an_object(body: bytes, expected: object):
    assert http.Response(200, {}, body, 0.0).json_object() == expected


@pytest.mark.parametrize(("safe", "error"), [(True, Unreachable), (False, OutcomeUnknown)])
@pytest.mark.parametrize(
    "behaviour",
    [
        reset,
        hang_up,
        half_close,
        raw(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"code":0'),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
        raw(b"this is not HTTP\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 70_000),
    ],
    ids=["reset", "hang-up", "half-close", "short", "chunk", "gzip", "garbage", "long-line"],
)
def test_a_broken_answer_is_unreachable_for_a_read_and_unknown_for_a_write(
    behaviour, safe: bool, error: type[RetryableError]
):
    with serving(behaviour) as server, pytest.raises(error) as caught:
        http.send("POST", server.url, body=b"{}", safe=safe)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "behaviour",
    [reset, hang_up, half_close, answer(b"", "502 Bad Gateway"), answer(b"", "503 Busy")],
    ids=["reset", "hang-up", "half-close", "502", "503"],
)
def test_a_write_is_sent_exactly_once(behaviour):
    with serving(behaviour) as server:
        with contextlib.suppress(OutcomeUnknown):
            http.send("POST", server.url, body=b"{}", safe=False)
        assert len(server.requests) == 1


@pytest.mark.parametrize("first", [reset, hang_up, answer(b"", "502 B"), answer(b"", "503 B")])
def test_a_read_is_repeated_once_when_that_usually_helps(first):
    with serving(first, OK) as server:
        assert http.send("POST", server.url, body=b"{}", safe=True).body == b'{"ok":true}'
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("behaviour", "count"),
    [
        (hang_up, 2),
        (answer(b"", "503 Busy"), 2),
        (answer(b"", "500 Oops"), 1),
        (answer(b"", "504 Slow"), 1),
        (answer(b"", "429 Slow down"), 1),
        (answer(b"", "503 Busy", Retry_After="7"), 1),
        (half_close, 1),
    ],
    ids=["hang-up", "503", "500", "504", "429", "503-with-delay", "half-close"],
)
def test_a_read_is_sent_so_many_times_and_no_more(behaviour, count: int):
    with serving(behaviour) as server:
        with contextlib.suppress(Unreachable):
            http.send("GET", server.url, safe=True)
        assert len(server.requests) == count


@pytest.mark.parametrize("safe", [True, False])
def test_a_refused_connection_is_unreachable_even_for_a_write(safe: bool):
    with pytest.raises(Unreachable) as caught:
        http.send("POST", f"http://127.0.0.1:{closed_port()}", body=b"{}", safe=safe)
    assert str(caught.value) == "The platform could not be reached."


@pytest.mark.parametrize("safe", [True, False])
def test_an_unknown_host_is_unreachable_even_for_a_write(safe: bool, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no such host")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    with pytest.raises(Unreachable):
        http.send("POST", "https://nowhere.invalid", body=b"{}", safe=safe)


def test_a_failed_handshake_is_unreachable_for_a_write_as_nothing_was_sent():
    with serving(hang_up) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(Unreachable):
            http.send("POST", url, body=b"{}", safe=False, deadline=0.3)


@pytest.mark.parametrize(("safe", "error"), [(True, Unreachable), (False, OutcomeUnknown)])
@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b"a" * 4000,
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfa0\r\n" + b"a" * 4000,
    ],
    ids=["body", "headers", "chunked"],
)
def test_a_dripping_answer_does_not_outlive_the_deadline(
    data: bytes, safe: bool, error: type[RetryableError]
):
    holder: list[RawServer] = []
    with serving(drip(data, holder)) as server:
        holder.append(server)
        started = time.monotonic()
        with pytest.raises(error):
            http.send("POST", server.url, body=b"{}", safe=safe, deadline=0.5)
        assert 0.4 < time.monotonic() - started < 5
        assert len(server.requests) == 1


def test_silence_after_the_request_ends_at_the_deadline():
    holder: list[RawServer] = []

    def say_nothing(connection, request) -> None:
        holder[0].wait(5)

    with serving(say_nothing) as server:
        holder.append(server)
        started = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            http.send("POST", server.url, body=b"{}", safe=False, deadline=0.3)
        assert time.monotonic() - started < 4


def test_a_write_over_a_kept_connection_that_dies_under_it_is_unknown_and_not_repeated():
    with serving(OK, hang_up, keep_alive=True) as server:
        http.send("GET", server.url, safe=True)
        with pytest.raises(OutcomeUnknown):
            http.send("POST", server.url, body=b"{}", safe=False)
        assert (len(server.requests), server.connections) == (2, 1)


def test_a_read_over_a_kept_connection_that_dies_under_it_is_repeated_on_a_new_one():
    with serving(OK, hang_up, OK, keep_alive=True) as server:
        http.send("GET", server.url, safe=True)
        assert http.send("GET", server.url, safe=True).status == 200
        assert (len(server.requests), server.connections) == (3, 2)


def test_calls_of_one_thread_share_a_connection_and_other_threads_have_their_own():
    with serving(OK, keep_alive=True) as server:
        for _ in range(3):
            http.send("GET", server.url, safe=True)
        other = threading.Thread(target=http.send, args=("GET", server.url), kwargs={"safe": True})
        other.start()
        other.join()
        assert (len(server.requests), server.connections) == (4, 2)


def test_a_session_inherited_through_a_fork_is_not_used(monkeypatch):
    first = http._thread_session()
    assert http._thread_session() is first
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert http._thread_session() is not first


def test_redirects_are_answers_and_are_not_followed():
    with serving(answer(b"", "302 Found", Location="http://127.0.0.1:1/")) as server:
        assert http.send("GET", server.url, safe=True).status == 302
        assert len(server.requests) == 1


def test_cookies_of_one_answer_are_not_sent_with_the_next_request():
    with serving(answer(b"", Set_Cookie="a=b; Path=/"), OK) as server:
        http.send("GET", server.url, safe=True)
        http.send("GET", server.url, safe=True)
        assert b"cookie" not in server.requests[1].lower()


def test_a_proxy_of_the_environment_does_not_catch_loopback_calls(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with serving(OK) as server:
        assert http.send("GET", server.url, safe=True).status == 200


@pytest.mark.parametrize(("safe", "error"), [(True, Unreachable), (False, OutcomeUnknown)])
def test_an_answer_larger_than_allowed_is_cut(safe: bool, error: type[RetryableError]):
    with serving(answer(b"a" * 3000)) as server, pytest.raises(error):
        http.send("GET", server.url, safe=safe, max_bytes=2000)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://user:secret@127.0.0.1/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1",
        "https://",
        "http://[::1",
        "",
    ],
)
def test_refuses_addresses_that_are_neither_https_nor_this_machine(url: str):
    with pytest.raises(ConfigError) as caught:
        http.send("GET", url, safe=True)
    assert "secret" not in f"{caught.value} {caught.value.detail}"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:5", "http://127.9.8.7/x", "http://localhost", "http://[::1]:80/"],
)
def test_knows_the_own_machine(url: str):
    assert http.is_loopback_url(url)
    assert not http.is_loopback_url(url.replace("http://", "http://a@"))


@pytest.mark.parametrize("value", ["abc\r\nX-Evil: 1", "abc\n", "tökén"])
def test_a_header_that_cannot_travel_is_refused_without_repeating_it(value: str):
    with pytest.raises(ConfigError) as caught:
        http.send("GET", "https://example.com", headers={"X-Token": value}, safe=True)
    assert caught.value.detail == "header X-Token"
    assert value not in str(caught.value)


@pytest.mark.parametrize("behaviour", [hang_up, half_close, raw(b"?")])
def test_query_secrets_and_bodies_appear_nowhere(behaviour, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(behaviour) as server, pytest.raises(OutcomeUnknown) as caught:
        http.send("POST", server.url + "/token?app_secret=hush", body=b"buyer", safe=False)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error} {error.detail} {error.args} {caplog.text}"
    assert "/token" in told
    assert "hush" not in told
    assert "buyer" not in told


def test_a_refused_connection_does_not_tell_the_query_either(caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unreachable) as caught:
        http.send("GET", f"http://127.0.0.1:{closed_port()}/?app_secret=hush", safe=True)
    assert caught.value.__context__ is None
    assert "hush" not in f"{caught.value} {caught.value.detail} {caplog.text}"


def test_names_the_other_side_in_the_message():
    with pytest.raises(Unreachable, match=r"^TikTok Shop could not be reached\.$"):
        http.send("GET", f"http://127.0.0.1:{closed_port()}", safe=True, peer="TikTok Shop")


@responses.activate
@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (requests.ConnectionError("Connection aborted."), OutcomeUnknown),
        (requests.ReadTimeout("slow"), OutcomeUnknown),
        (requests.ConnectTimeout("slow"), Unreachable),
    ],
)
def test_a_failure_not_proved_harmless_is_unknown_for_a_write(failure, error):
    responses.post("https://example.com/", body=failure)
    with pytest.raises(error):
        http.send("POST", "https://example.com/", body=b"{}", safe=False)
    assert len(responses.calls) == 1


def test_uses_a_session_it_is_given():
    calls: list[str] = []

    class Session(requests.Session):
        def request(self, method, url, **kwargs):
            calls.append(url)
            return super().request(method, url, **kwargs)

    with serving(OK) as server:
        http.send("GET", server.url, safe=True, session=Session())
    assert calls == [server.url]
