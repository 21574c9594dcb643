"""Reads the envelope every TikTok Shop answer comes in: code, message, request_id, data."""

from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import SyncError
from tiktoksync.lib.error_rows import Kind, Row, build_error, note_unlisted
from tiktoksync.lib.http import Response
from tiktoksync.tiktok import error_codes

SUCCESS = "0"
NO_ENVELOPE = "TikTok Shop answered with something that is not an answer of its API."
_REDIRECTED = Row(
    Kind.ELSEWHERE,
    "The TikTok Shop address in the settings leads elsewhere.",
    advice=error_codes.SETTINGS,
)
_LOST_TOKEN = error_codes.BAD_TOKEN


@dataclass(frozen=True, slots=True)
class Envelope:
    code: str
    message: str
    request_id: str
    data: dict[str, Any]


def open_envelope(response: Response, *, safe: bool) -> Envelope:
    """Return the envelope of a success, raise the typed error of everything else.

    The envelope's code decides. The HTTP status is asked only when there is no envelope, or its
    code is unknown and the status says "overloaded".
    """
    envelope = _read(response, safe)
    if envelope.code == SUCCESS:
        return envelope
    row = error_codes.row_for(envelope.code, envelope.message)
    if row is error_codes.UNLISTED:
        row = _by_status(response.status) or row
        note_unlisted("TikTok Shop", envelope.code, envelope.message, envelope.request_id)
    raise build_error(
        row,
        envelope.code,
        envelope.message,
        safe=safe,
        request_id=envelope.request_id,
        retry_after=response.retry_after,
    )


def _read(response: Response, safe: bool) -> Envelope:
    body = response.json_object() or {}
    code = body.get("code")
    if isinstance(code, bool) or not isinstance(code, int | str) or code == "":
        raise _no_envelope(response, safe)
    data = body.get("data")
    if safe and str(code) == SUCCESS and not isinstance(data, dict):
        raise _no_envelope(response, safe)  # a success that says nothing is no empty list
    return Envelope(
        code=str(code),
        message=str(body.get("message") or ""),
        request_id=str(body.get("request_id") or ""),
        data=data if isinstance(data, dict) else {},
    )


def _no_envelope(response: Response, safe: bool) -> SyncError:
    """A proxy's page, an empty or a cut body. The text is not kept: it may be anything."""
    row = status_row(response.status)
    detail = f"HTTP {response.status}, {len(response.body)} bytes. {NO_ENVELOPE}"
    return build_error(
        row, f"http_{response.status}", detail, safe=safe, retry_after=response.retry_after
    )


def status_row(status: int) -> Row:
    """The row of an answer without an envelope: all that it says is its status."""
    return _by_status(status) or _by_client_status(status) or error_codes.UNCLEAR


def _by_status(status: int) -> Row | None:
    if status == 429:
        return error_codes.THROTTLED
    return error_codes.UNCLEAR if status >= 500 else None


def _by_client_status(status: int) -> Row | None:
    """What a status below 500 says by itself: such a request was not carried out."""
    if 300 <= status < 400:
        return _REDIRECTED
    if status in {401, 403}:
        return _LOST_TOKEN
    if status >= 400 and status != 408:
        return error_codes.UNLISTED
    return None
