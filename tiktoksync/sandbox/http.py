"""Just enough HTTP/1.1: read a request, hand it on, write the answer, keep the connection."""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

MAX_BODY = 64 * 2**20
MAX_LINE = 64 * 2**10
PHRASES = {int(status): status.phrase for status in HTTPStatus}


class BadRequest(Exception):
    """What came in is not a request that can be answered."""


@dataclass(slots=True)
class Request:
    """One request; header names are lower case, ``path`` is raw and without the query."""

    method: str
    path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    shop: str = ""
    _query: list[tuple[str, str]] | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """Query parameters in order, decoded, with empty values kept."""
        if self._query is None:
            self._query = parse_qsl(self.raw_query, keep_blank_values=True)
        return self._query

    def param(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.query if key == name), default)

    def values(self, name: str) -> list[str]:
        """All values of an array parameter, repeated or joined by commas."""
        found = [value for key, value in self.query if key == name]
        return [part for value in found for part in value.split(",") if part]

    def json(self) -> Any:
        """The body as JSON; raises ValueError when it is not."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as an HTML form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in self.path.split("/") if part]


@dataclass(slots=True)
class Answer:
    """``wire`` says how it is put on the line: whole, drop, truncate or hang."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: str = "whole"
    hang_seconds: float = 0.0
    date: float | None = None

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Answer:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        return cls(status, body.encode(), {"Content-Type": "application/json; charset=utf-8"})

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Answer:
        return cls(status, b"", {"Location": location})

    @classmethod
    def html(cls, text: str, status: int = 200) -> Answer:
        return cls(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


Serve = Callable[[Request], Answer]


class Connection(socketserver.StreamRequestHandler):
    """One client connection; the server object carries ``serve``."""

    disable_nagle_algorithm = True
    timeout = 120

    def handle(self) -> None:
        try:
            while self._serve_one():
                pass
        except (OSError, BadRequest):
            self.close_connection = True

    def _serve_one(self) -> bool:
        line = self.rfile.readline(MAX_LINE)
        if line in (b"\r\n", b"\n"):
            line = self.rfile.readline(MAX_LINE)
        if not line:
            return False
        words = line.decode("latin-1").split()
        if len(words) != 3:
            self._write(Answer(400), keep=False, head=False)
            return False
        headers = self._read_headers()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._read_body(headers)
        path, _, query = words[1].partition("?")
        answer = self.server.serve(Request(words[0], path, query, headers, body))  # type: ignore[attr-defined]
        keep = headers.get("connection", "").lower() != "close" and words[2] == "HTTP/1.1"
        return self._write(answer, keep, head=words[0] == "HEAD")

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        while True:
            line = self.rfile.readline(MAX_LINE)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            raise BadRequest("content-length")
        return self.rfile.read(int(length)) if length != "0" else b""

    def _read_chunks(self) -> bytes:
        pieces: list[bytes] = []
        while size := int(self.rfile.readline(MAX_LINE).split(b";")[0] or b"0", 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline(MAX_LINE)
            if sum(map(len, pieces)) > MAX_BODY:
                raise BadRequest("body too large")
        while self.rfile.readline(MAX_LINE) not in (b"\r\n", b"\n", b""):
            pass
        return b"".join(pieces)

    def _write(self, answer: Answer, keep: bool, head: bool) -> bool:
        if answer.wire == "hang":
            self._hang(answer.hang_seconds)
        if answer.wire in ("drop", "hang"):
            self._reset()
            return False
        keep = keep and answer.wire == "whole"
        payload = _head_bytes(answer, keep)
        if answer.wire == "truncate":
            payload += answer.body[: len(answer.body) // 2]
        elif not head:
            payload += answer.body
        self.wfile.write(payload)
        return keep

    def _hang(self, seconds: float) -> None:
        """Stay silent, but give up early when the sandbox stops."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not getattr(self.server, "stopping", False):
            time.sleep(min(0.1, max(0.0, until - time.monotonic())))

    def _reset(self) -> None:
        """Close without an answer, so that the client sees a reset connection."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _head_bytes(answer: Answer, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {PHRASES.get(answer.status, 'Unknown')}"]
    stamp = time.time() if answer.date is None else answer.date
    lines.append("Date: " + formatdate(stamp, usegmt=True))
    lines.extend(f"{name}: {value}" for name, value in answer.headers.items())
    lines.append(f"Content-Length: {len(answer.body)}")
    lines.append("Connection: " + ("keep-alive" if keep else "close"))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
