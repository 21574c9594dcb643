"""The little HTTP server: keep-alive, chunks, prefixes, odd requests."""

import http.client
import json
import socket
from urllib.parse import urlsplit

from tests.sandbox.clients import World, send

PATH = "/shopify/demo-us.myshopify.com/admin/api/2026-10/graphql.json"
HEADERS = {"Content-Type": "application/json", "X-Shopify-Access-Token": "shpat_sandbox-us"}
QUERY = json.dumps({"query": "{ shop { name } }"}).encode()


def connect(box: World) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=5)


def raw(box: World, text: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    address = urlsplit(box.url)
    with socket.create_connection((address.hostname, address.port), 5) as line:
        line.sendall(text)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_a_connection_serves_many_requests(box: World) -> None:
    connection = connect(box)
    for _ in range(5):
        connection.request("POST", PATH, QUERY, HEADERS)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.getheader("Connection") == "keep-alive"
        assert json.loads(answer.read())["data"]["shop"]["name"] == "Harbor & Pine"
        assert connection.sock is not None
    connection.close()


def test_two_requests_sent_at_once_are_answered_in_turn(box: World) -> None:
    one = b"GET /sandbox/api/faults HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = raw(box, one + one)
    assert answers.count(b"HTTP/1.1 200 OK") == 2


def test_a_chunked_body_is_read(box: World) -> None:
    connection = connect(box)
    connection.request("POST", PATH, iter([QUERY[:10], QUERY[10:]]), HEADERS, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["data"]["shop"]["name"] == "Harbor & Pine"
    connection.close()


def test_a_head_request_has_no_body(box: World) -> None:
    reply = send(box.url, "HEAD", "/sandbox/api/faults")
    assert (reply.status, reply.raw) == (404, b"")


def test_closing_and_nonsense_are_taken_calmly(box: World) -> None:
    closed = raw(box, b"GET /sandbox/api/faults HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert b"Connection: close" in closed
    assert raw(box, b"NONSENSE\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(box, b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n") == b""
    assert raw(box, b"") == b""
    assert send(box.url, "GET", "/sandbox/api/faults").status == 200


def test_an_unknown_path_is_told_as_the_gateway_tells_it(box: World) -> None:
    for path in ("/nothing", "/tiktok/nothing/202309/at_all"):
        reply = send(box.url, "GET", path)
        assert (reply.status, reply.json["code"]) == (404, 36009009)
