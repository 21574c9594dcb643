"""Files by address: whole or line by line, bounded, and never from inside a private network."""

import gzip
import json
import socket
import tracemalloc

import pytest

from tests.lib.raw_server import Answer, RawServer, answer, closed_port, drip, raw, serving
from tiktoksync.errors import Gone, MalformedPayload, Rejected, SyncError, Unreachable
from tiktoksync.lib import http, http_wire
from tiktoksync.lib.download import Download, download_file, download_lines
from tiktoksync.lib.http_address import is_public

LINES = b'{"id":576461413038785752}\n{"id":2,"price":0.10}\n\n{"id":3}\n'


@pytest.fixture(autouse=True)
def _fresh_session():
    http._local.__dict__.clear()


def redirect(location: str) -> Answer:
    return answer(b"", status="302 Found", Location=location)


# --- whole files --------------------------------------------------------------------------------


def test_a_file_comes_with_its_kind_and_without_any_credential():
    with serving(answer(b"\x89PNG", Content_Type="Image/PNG; charset=x")) as server:
        assert download_file(server.url + "/a.png?sig=1", max_bytes=4) == Download(
            b"\x89PNG", "image/png"
        )
        head = server.requests[0].lower()
    assert head.startswith(b"get /a.png?sig=1 http/1.1\r\n")
    for word in (b"authorization", b"token", b"cookie", b"referer"):
        assert word not in head


def test_a_file_that_is_too_large_is_refused():
    with serving(answer(b"12345")) as server, pytest.raises(Rejected, match="too large"):
        download_file(server.url, max_bytes=4)


def test_a_packed_file_is_measured_unpacked():
    packed = gzip.compress(b"a" * 100_000)
    with (
        serving(answer(packed, Content_Encoding="gzip")) as server,
        pytest.raises(Rejected, match="too large"),
    ):
        download_file(server.url, max_bytes=50_000)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        ("404 Not Found", Gone, "file_gone"),
        ("403 Forbidden", Gone, "file_gone"),
        ("410 Gone", Gone, "file_gone"),
        ("408 Late", Unreachable, "file_away"),
        ("429 Slow", Unreachable, "file_away"),
        ("500 No", Unreachable, "file_away"),
        ("503 No", Unreachable, "file_away"),
        ("400 Bad", Rejected, "file_withheld"),
        ("204 Nothing", Rejected, "file_withheld"),
    ],
)
def test_each_status_says_what_to_do_next(status: str, error: type[SyncError], code: str):
    with serving(answer(b"", status=status)) as server, pytest.raises(error) as caught:
        download_file(server.url, max_bytes=9)
    assert (caught.value.code, caught.value.detail) == (code, f"HTTP {status[:3]}")
    assert len(server.requests) == 1


def test_a_requested_delay_is_kept():
    with (
        serving(answer(b"", status="503 No", Retry_After="7")) as server,
        pytest.raises(Unreachable) as caught,
    ):
        download_file(server.url, max_bytes=9)
    assert caught.value.retry_after == 7.0


def test_a_server_that_is_not_there_is_unreachable_and_its_query_stays_secret():
    with pytest.raises(Unreachable) as caught:
        download_file(f"http://127.0.0.1:{closed_port()}/f?signature=hush", max_bytes=9)
    assert "hush" not in repr(caught.value) + caught.value.detail
    assert caught.value.__context__ is None


def test_a_dripping_file_ends_at_the_deadline():
    holder: list[RawServer] = []
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"a" * 500
    with serving(drip(body, holder)) as server:
        holder.append(server)
        with pytest.raises(Unreachable):
            download_file(server.url, max_bytes=900, deadline=0.4)


# --- redirects and addresses --------------------------------------------------------------------


def test_a_redirect_on_this_machine_is_followed():
    with serving(answer(b"ok")) as target, serving(redirect(target.url + "/b")) as server:
        assert download_file(server.url, max_bytes=9).content == b"ok"
        assert target.requests[0].startswith(b"GET /b ")


def test_a_redirect_without_end_is_refused():
    with serving(redirect("/again")) as server, pytest.raises(Rejected) as caught:
        download_file(server.url, max_bytes=9)
    assert (caught.value.code, len(server.requests)) == ("file_withheld", 4)


@pytest.mark.parametrize(
    "target", ["http://files.example/a", "file:///etc/passwd", "ftp://files.example/a"]
)
def test_a_redirect_to_something_else_than_https_is_refused(target: str):
    with serving(redirect(target)) as server, pytest.raises(Rejected) as caught:
        download_file(server.url, max_bytes=9)
    assert caught.value.code == "file_address"


@pytest.mark.parametrize(
    "url", ["http://files.example/a", "file:///etc/passwd", "https://a:b@files.example/", "x", ""]
)
def test_an_address_that_is_not_https_is_refused(url: str):
    with pytest.raises(Rejected) as caught:
        download_file(url, max_bytes=9)
    assert caught.value.code == "file_address"


def resolve_to(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Every name stands for this machine, and every port for one of its own."""

    def look_up(host: object, _: object, *args: object, **named: object) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_name_that_stands_for_a_private_address_is_not_asked(monkeypatch):
    with serving(answer(b"secret")) as server:
        resolve_to(monkeypatch, int(server.url.rpartition(":")[2]))
        with pytest.raises(Rejected) as caught:
            download_file("https://files.example/a", max_bytes=9)
        assert caught.value.code == "private_address"
        assert server.requests == []


def test_a_redirect_from_outside_never_leads_to_this_machine(monkeypatch):
    """The first answer comes from a name; the second address is this machine's own."""
    with serving(answer(b"secret")) as inner:
        asked: list[str] = []
        real = http.stream

        def outside_first(url: str, **how: object) -> object:
            asked.append(url)
            return real(url, **how)

        with serving(redirect(inner.url)) as outer:
            names = {"https://files.example/a": outer.url}
            monkeypatch.setattr(
                http, "stream", lambda url, **how: outside_first(names.get(url, url), **how)
            )
            with pytest.raises(Rejected) as caught:
                download_file("https://files.example/a", max_bytes=9)
        assert caught.value.code == "file_address"
        assert asked == [outer.url]
        assert inner.requests == []


def test_a_public_name_goes_through_the_guarded_connections(monkeypatch):
    """The guard itself: the same name passes once its address counts as a public one."""
    monkeypatch.setattr(http_wire, "is_public", lambda host: True)
    with serving(raw(b"no tls here")) as server:
        resolve_to(monkeypatch, int(server.url.rpartition(":")[2]))
        with pytest.raises(Unreachable):
            download_file("https://files.example/a", max_bytes=9)
        assert server.connections == 1


def test_behind_a_proxy_a_private_address_is_not_asked_for(monkeypatch):
    with serving(answer(b"secret")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(Rejected) as caught:
            download_file("https://10.0.0.7/a", max_bytes=9)
        assert caught.value.code == "private_address"
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("8.8.8.8", True),
        ("cdn.shopify.com", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("[::1]", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:a00:1::", False),
    ],
)
def test_public_addresses_are_told_from_private_ones(host: str, expected: bool):
    assert is_public(host) is expected


# --- lines --------------------------------------------------------------------------------------


def test_lines_come_as_objects_with_exact_numbers():
    with serving(answer(LINES)) as server:
        rows = list(download_lines(server.url))
    assert [row["id"] for row in rows] == [576461413038785752, 2, 3]
    assert str(rows[1]["price"]) == "0.10"


def test_a_last_line_without_its_end_counts_if_it_is_whole():
    with serving(answer(b'{"id":1}\n{"id":2}')) as server:
        assert list(download_lines(server.url)) == [{"id": 1}, {"id": 2}]


def test_an_empty_file_has_no_lines():
    with serving(answer(b"")) as server:
        assert list(download_lines(server.url)) == []


def test_lines_are_left_out_to_go_on_where_it_broke():
    with serving(answer(LINES)) as server:
        assert [row["id"] for row in download_lines(server.url, skip=2)] == [3]


def test_a_packed_file_is_unpacked():
    with serving(answer(gzip.compress(LINES), Content_Encoding="gzip")) as server:
        assert len(list(download_lines(server.url))) == 3


@pytest.mark.parametrize(
    ("cut", "came"),
    [
        # No length is told: the end of the connection looks like the end of the file.
        (b'HTTP/1.1 200 OK\r\n\r\n{"id":1}\n{"id":', [{"id": 1}]),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id":1}\n{"id":2}\n', []),
        (
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"id":1}\n\r\n9\r\n{"id"',
            [{"id": 1}],
        ),
    ],
    ids=["in a line", "short of its length", "in a chunk"],
)
def test_a_file_that_breaks_off_gives_what_came_and_then_an_error(cut: bytes, came: list):
    found: list[dict] = []
    with serving(raw(cut)) as server:
        with pytest.raises(Unreachable):
            found.extend(download_lines(server.url))
        assert len(server.requests) == 1
    assert found == came


def test_a_line_that_is_no_object_is_malformed():
    for body in (b'{"id":1}\n<html>\n{"id":2}\n', b"[1]\n"):
        with serving(answer(body)) as server, pytest.raises(MalformedPayload):
            list(download_lines(server.url))


def test_a_line_without_end_is_not_collected_for_ever(monkeypatch):
    monkeypatch.setattr("tiktoksync.lib.download.MAX_LINE_BYTES", 100)
    with serving(answer(b'{"a":"' + b"x" * 500_000)) as server, pytest.raises(MalformedPayload):
        list(download_lines(server.url))


def test_other_calls_may_be_made_between_two_lines():
    """The deadline is the thread's: a call in between must not take it away."""
    body = b"".join(b'{"id":%d,"pad":"%s"}\n' % (n, b"x" * 5000) for n in range(100))
    with serving(answer(body)) as server, serving(answer(b"{}")) as other:
        found = 0
        for _ in download_lines(server.url):
            http.send("GET", other.url, safe=True)
            found += 1
    assert (found, len(other.requests)) == (100, 100)


def test_a_large_file_is_never_held_whole():
    line = json.dumps({"id": 1, "text": "x" * 1000}).encode() + b"\n"
    body = gzip.compress(line * 30_000)
    with serving(answer(body, Content_Encoding="gzip")) as server:
        lines = download_lines(server.url)
        next(lines)
        tracemalloc.start()
        try:
            assert sum(1 for _ in lines) == 29_999
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 4 * 2**20


def test_a_reader_may_stop_early():
    with serving(answer(LINES)) as server:
        lines = download_lines(server.url)
        assert next(lines)["id"] == 576461413038785752
        lines.close()
        assert len(server.requests) == 1
