"""The only door to the network.

``send`` makes one request inside one total deadline and sorts what went wrong by what it means:
*certainly nothing happened over there* (Unreachable) or *a write may have happened*
(OutcomeUnknown). Whatever the HTTP status is, a complete answer is returned, not raised.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import (
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)

from tiktoksync.errors import ConfigError, OutcomeUnknown, Unreachable
from tiktoksync.lib import http_clock as clock
from tiktoksync.lib import http_wire as wire
from tiktoksync.lib.http_address import check_url, is_loopback_url, without_query
from tiktoksync.lib.http_json import parse_json
from tiktoksync.lib.http_session import certificates, new_session

CONNECT_SECONDS = 5.0
REPEAT_WINDOW_SECONDS = 10.0
CHUNK_BYTES = 64 * 1024
#: How long one piece of a long answer may take.
PIECE_SECONDS = 60.0
AGENT = "TikTokSync"

platform_time = clock.platform_time
__all__ = ["Response", "Stream", "is_loopback_url", "platform_time", "send", "stream"]


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. ``headers`` is case-insensitive, ``elapsed`` is in seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float

    def json(self) -> Any:
        """Parse the body, with exact numbers; ValueError when it is not JSON."""
        return parse_json(self.body)

    def json_object(self) -> dict[str, Any] | None:
        """The body if it is a JSON object, None if it is anything else."""
        try:
            body = parse_json(self.body)
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait as the ``Retry-After`` header says, None when it does not."""
        return clock.retry_after_seconds(self.headers)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body comes piece by piece, unpacked. ``headers`` is case-insensitive."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait as the ``Retry-After`` header says, None when it does not."""
        return clock.retry_after_seconds(self.headers)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why one attempt gave no complete answer. Keeps names only: texts could hold the URL."""

    kind: str
    never_sent: bool
    repeatable: bool


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    deadline: float = 20.0,
    safe: bool,
    session: requests.Session | None = None,
    max_bytes: int = 32 * 2**20,
    peer: str = "The platform",
) -> Response:
    """Send one request and return the complete answer.

    ``deadline`` bounds the whole call in seconds, however slowly the other side drips; only the
    look-up of a host's name is left to the system's own limit. ``safe`` says that the request
    changes nothing: it may be repeated once, within ten seconds. A write is sent once, ever.
    ``peer`` names the other side in messages.

    Raises Unreachable, OutcomeUnknown (writes only) or ConfigError.
    """
    check_url(url)
    fields = _checked_headers(headers)
    chosen = session or _thread_session()
    started = time.monotonic()
    outcome = _attempt(chosen, method, url, fields, body, started + deadline, max_bytes)
    if safe and _worth_repeating(outcome, time.monotonic() - started):
        chosen.close()  # the second try gets a new connection, not another dead one
        ends = started + min(deadline, REPEAT_WINDOW_SECONDS)
        outcome = _attempt(chosen, method, url, fields, body, ends, max_bytes)
    if isinstance(outcome, Response):
        return outcome
    raise _error(outcome, f"{method} {without_query(url)}", safe, peer)


@contextmanager
def stream(url: str, *, deadline: float, peer: str) -> Iterator[Stream]:
    """Get a file that a platform's data names, piece by piece and without any of our credentials.

    ``deadline`` bounds the whole in seconds; no piece takes longer than a minute. Between two
    pieces this thread may make other calls. Redirects are returned, not followed. Raises
    Unreachable, also while the pieces are read, ConfigError for an address that is not https, and
    Rejected for one inside a private network. A file on this machine is asked for by its loopback
    address alone.
    """
    check_url(url)
    ends, request = time.monotonic() + deadline, f"GET {without_query(url)}"
    is_local = is_loopback_url(url)
    session = new_session(wire.POOL_CLASSES if is_local else wire.PUBLIC_POOL_CLASSES)
    opened = _open(session, "GET", url, {"User-Agent": AGENT}, None, ends)
    if isinstance(opened, _Failure):
        raise _error(opened, request, True, peer)
    try:
        chunks = _pieces(opened, ends, request, peer)
        yield Stream(opened.status_code, opened.headers, chunks)
    finally:
        opened.close()
        session.close()


def _open(
    session: requests.Session,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    ends: float,
) -> requests.Response | _Failure:
    """Send a request and read the head of its answer."""
    wire.begin(ends)
    try:
        return _request(session, method, url, headers, body, ends)
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
        return _failure(error)
    finally:
        wire.end()


def _pieces(raw: requests.Response, ends: float, request: str, peer: str) -> Iterator[bytes]:
    pieces = raw.iter_content(CHUNK_BYTES)
    while True:
        piece = _piece(pieces, min(ends, time.monotonic() + PIECE_SECONDS))
        if isinstance(piece, _Failure):
            raise _error(piece, request, True, peer)
        if not piece:
            return
        yield piece


def _piece(pieces: Iterator[bytes], ends: float) -> bytes | _Failure:
    """The next piece, empty at the end. The deadline is set anew: it is the thread's, and other
    calls may have been made since.
    """
    wire.begin(ends)
    try:
        return next(pieces, b"")
    except (requests.RequestException, HTTPError, OSError) as error:
        return _failure(error)
    finally:
        wire.end()


def _attempt(
    session: requests.Session,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    ends: float,
    max_bytes: int,
) -> Response | _Failure:
    """Make the request once. The failure is returned, so that no URL hangs on a traceback."""
    started = time.monotonic()
    wire.begin(ends)
    try:
        with _request(session, method, url, headers, body, ends) as raw:
            content = _read(raw, ends, max_bytes)
            response = Response(raw.status_code, raw.headers, content, time.monotonic() - started)
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
        return _failure(error)
    finally:
        wire.end()
    clock.learn(url, response.headers)
    return response


def _request(
    session: requests.Session,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    ends: float,
) -> requests.Response:
    left = ends - time.monotonic()
    return session.request(
        method,
        url,
        headers=dict(headers),
        data=body,
        timeout=(max(min(CONNECT_SECONDS, left), 0.001), max(left, 0.001)),
        allow_redirects=False,
        stream=True,
        proxies={} if is_loopback_url(url) else get_environ_proxies(url),
        verify=certificates(),
    )


def _read(raw: requests.Response, ends: float, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in raw.iter_content(CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise requests.exceptions.ContentDecodingError("answer too large")
        if time.monotonic() > ends:
            raise requests.exceptions.ReadTimeout("deadline passed")
        parts.append(chunk)
    return b"".join(parts)


def _worth_repeating(outcome: Response | _Failure, spent: float) -> bool:
    """Only what usually heals at once, and never when the other side names its own delay."""
    if spent >= REPEAT_WINDOW_SECONDS:
        return False
    if isinstance(outcome, Response):
        return outcome.status in {502, 503} and outcome.retry_after is None
    return outcome.repeatable


def _failure(error: Exception) -> _Failure:
    never_sent = wire.phase() == "connecting" or _is_connect_error(error)
    return _Failure(
        kind=type(error).__name__,
        never_sent=never_sent,
        repeatable=never_sent or (_is_dropped(error) and not wire.answer_begun()),
    )


def _is_connect_error(error: Exception) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError | NameResolutionError)


def _is_dropped(error: Exception) -> bool:
    """A kept-alive connection that the other side had closed looks like this."""
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectionError) and isinstance(cause, ProtocolError)


def _error(
    failure: _Failure, request: str, safe: bool, peer: str
) -> Unreachable | OutcomeUnknown | ConfigError:
    detail = f"{request}: {failure.kind}"
    if failure.kind in {"InvalidHeader", "InvalidURL", "LocationParseError", "UnicodeEncodeError"}:
        return ConfigError("A request could not be built from the settings.", detail=detail)
    if failure.never_sent:
        return Unreachable(f"{peer} could not be reached.", detail=detail)
    if safe:
        return Unreachable(f"{peer} did not answer completely.", detail=detail)
    return OutcomeUnknown(f"{peer} did not say whether the change was made.", detail=detail)


def _checked_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Refuse a value that cannot travel, without repeating it: it may be a token."""
    fields = {"User-Agent": AGENT, **(headers or {})}
    for name, value in fields.items():
        if not (value.isascii() and value.isprintable()):
            raise ConfigError(
                "A stored credential holds characters that cannot be sent.", detail=f"header {name}"
            )
    return fields


_local = threading.local()


def _thread_session() -> requests.Session:
    """One session a thread, and never one inherited through a fork: its sockets are shared."""
    if getattr(_local, "owner", None) != os.getpid():
        _local.session = new_session()
        _local.owner = os.getpid()
    session: requests.Session = _local.session
    return session
