"""Files that a platform's answers name by address: pictures, and the results of large readings.

They are fetched without a token, over https from public addresses only (or from this very machine,
where its loopback address is named), and redirects lead nowhere else.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from tiktoksync.errors import ConfigError, MalformedPayload, SyncError
from tiktoksync.lib import http
from tiktoksync.lib.error_rows import Kind, Row, build_error
from tiktoksync.lib.http_json import parse_json
from tiktoksync.lib.http_wire import PRIVATE_ADDRESS

PEER = "The server of a file"
FILE_SECONDS = 60.0
#: A line is one object; the longest hold a product's description.
MAX_LINE_BYTES = 16 * 2**20
MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: What the addresses of files answer once they have expired or were taken away.
MISSING = frozenset({403, 404, 410})

_REPLACE = "Put another file in its place, then retry."
AWAY = Row(Kind.UNCLEAR, f"{PEER} gave no whole answer.")
TAKEN_AWAY = Row(Kind.GONE, "The file is no longer there.", advice=_REPLACE)
TOO_LARGE = Row(
    Kind.REJECTED, "The file is too large.", advice="Use a smaller file in its place, then retry."
)
WITHHELD = Row(Kind.REJECTED, f"{PEER} does not give it out.", advice=_REPLACE)
NOT_ALLOWED = Row(
    Kind.REJECTED, "The address of a file is not one that may be asked.", advice=_REPLACE
)
#: Every way to fail, by the code of the error.
FAILURES: dict[str, Row] = {
    "file_away": AWAY,
    "file_cut": AWAY,
    "file_gone": TAKEN_AWAY,
    "file_size": TOO_LARGE,
    "file_withheld": WITHHELD,
    "file_address": NOT_ALLOWED,
    "private_address": Row(Kind.REJECTED, PRIVATE_ADDRESS, advice=_REPLACE),
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file. ``content_type`` is the server's word for it, without parameters; may be empty."""

    content: bytes
    content_type: str


def download_file(url: str, *, max_bytes: int, deadline: float = FILE_SECONDS) -> Download:
    """A file whole. ``deadline`` is in seconds.

    Raises Gone when it is not there (any more), Rejected when it is larger than ``max_bytes`` or
    its address may not be asked, Unreachable otherwise.
    """
    content = bytearray()
    with _opened(url, deadline) as stream:
        for chunk in stream.chunks:
            content += chunk
            if len(content) > max_bytes:
                raise build_error(TOO_LARGE, "file_size", f"over {max_bytes} bytes", safe=True)
        kind = stream.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Download(bytes(content), kind)


def download_lines(url: str, *, skip: int = 0, deadline: float = 600.0) -> Iterator[dict[str, Any]]:
    """The objects of a file that holds one a line, as they come; numbers are exact.

    No more than a line and a piece of the file is in memory. ``skip`` leaves out the first objects:
    to go on where a broken download ended. Raises Unreachable when the file breaks off, also in the
    middle of its last line, MalformedPayload for a line that is no object, Gone, Rejected.
    """
    with _opened(url, deadline) as stream:
        for number, (line, is_whole) in enumerate(_lines(stream.chunks)):
            if number >= skip:
                yield _object(line, number, is_whole)


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Lines that are not blank; the last one may lack its end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield line, True
        if len(rest) > MAX_LINE_BYTES:
            raise MalformedPayload("A line of a file is too long to be read.")
    if rest.strip():
        yield rest, False


def _object(line: bytes, number: int, is_whole: bool) -> dict[str, Any]:
    try:
        found = parse_json(line)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if is_whole:
        raise MalformedPayload("A line of a file is not an object.", detail=f"line {number}")
    raise build_error(AWAY, "file_cut", f"line {number}", safe=True)


@contextmanager
def _opened(url: str, deadline: float) -> Iterator[http.Stream]:
    """The answer with the file, wherever it is led to."""
    may_be_local = http.is_loopback_url(url)
    with ExitStack() as stack:
        for _ in range(MAX_REDIRECTS + 1):
            if http.is_loopback_url(url) and not may_be_local:
                raise _not_allowed("a redirect to this machine")
            stream = _enter(stack, url, deadline)
            if stream.status not in REDIRECTS:
                break
            url = urljoin(url, stream.headers.get("Location", ""))
        if stream.status != 200:
            raise _refusal(stream)
        yield stream


def _enter(stack: ExitStack, url: str, deadline: float) -> http.Stream:
    try:
        return stack.enter_context(http.stream(url, deadline=deadline, peer=PEER))
    except ConfigError as error:
        raise _not_allowed(error.detail) from None


def _not_allowed(detail: str) -> SyncError:
    return build_error(NOT_ALLOWED, "file_address", detail, safe=True)


def _refusal(stream: http.Stream) -> SyncError:
    told = f"HTTP {stream.status}"
    if stream.status in MISSING:
        return build_error(TAKEN_AWAY, "file_gone", told, safe=True)
    if stream.status in {408, 429} or stream.status >= 500:
        wait = stream.retry_after
        return build_error(AWAY, "file_away", told, safe=True, retry_after=wait)
    return build_error(WITHHELD, "file_withheld", told, safe=True)
