"""Takes a GraphQL answer apart, layer by layer, and raises the typed error of the first that fails.

HTTP status → body → top-level errors → (in the payload) user errors. Errors and data may come
together: usable data is never thrown away because something beside it was denied.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import NotAuthorized, RateLimited, Rejected, SyncError
from tiktoksync.lib.answers import Answer, Cost
from tiktoksync.lib.error_rows import build_error, note_unlisted
from tiktoksync.lib.http import Response
from tiktoksync.shopify import error_codes

#: How Shopify's texts write the name of a permission.
_SCOPE = re.compile(r"`((?:read|write)_[a-z_]{1,60})`")


@dataclass(frozen=True, slots=True)
class GraphQLError:
    message: str
    code: str
    path: tuple[str, ...]
    problems: str
    scopes: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" at {'.'.join(self.path)}" if self.path else ""
        return f"{self.code or 'error'}{where}: {self.message}"


def read_answer(
    response: Response, *, safe: bool, version: str, strict_search: bool
) -> Answer[dict[str, Any]]:
    """The data of an answer, with what else was said as warnings; raises what made it fail."""
    request_id = response.headers.get("X-Request-Id", "")
    body = _read_body(response, safe, request_id)
    extensions = body.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    cost = _read_cost(extensions.get("cost"))
    errors = _read_errors(body.get("errors"))
    data = body.get("data")
    blamed = _fatal_errors(data, errors)
    if blamed:
        raise _graphql_error(blamed, cost, safe, request_id, response)
    if not isinstance(data, dict):
        raise _status_error(response, safe, request_id, "no data")
    search = _search_warnings(extensions.get("search"))
    if search and strict_search:
        raise build_error(
            error_codes.UNKNOWN_SEARCH,
            "search",
            "; ".join(search),
            safe=safe,
            request_id=request_id,
        )
    warnings = (*_version_warning(response, version), *map(str, errors), *search)
    return Answer(data, request_id, response.elapsed, cost, warnings)


def raise_user_errors(
    payload: Mapping[str, Any],
    *,
    request_id: str = "",
    key: str = "userErrors",
    limited: type[RateLimited] = RateLimited,
) -> None:
    """Raise the typed error of a mutation's user errors, if it has any.

    ``limited`` is raised for a limit that is told in words alone.
    """
    errors = [error for error in payload.get(key) or [] if isinstance(error, dict)]
    if not errors:
        return
    texts = [str(error.get("message") or "") for error in errors]
    code = str(errors[0].get("code") or "")
    if any(map(error_codes.is_rate_limit_text, texts)):
        raise limited(
            error_codes.RATE_LIMIT_SENTENCE,
            retry_after=error_codes.RATE_LIMIT_TEXT_SECONDS,
            detail=texts[0],
            code=code,
            request_id=request_id,
        )
    for error in errors:
        row = error_codes.USER.get(str(error.get("code") or ""))
        if row:
            raise build_error(row, code, texts[0], safe=False, request_id=request_id)
    raise Rejected(
        f"Shopify refused it: {'; '.join(dict.fromkeys(texts))[:500]}",
        field=_dotted(errors[0].get("field")),
        detail="; ".join(f"{_dotted(error.get('field'))}: {error.get('code')}" for error in errors),
        code=code,
        request_id=request_id,
    )


def _read_body(response: Response, safe: bool, request_id: str) -> dict[str, Any]:
    body = response.json_object()
    if body is None:
        raise _status_error(response, safe, request_id, "")
    listed = isinstance(body.get("errors"), list) and response.status < 500
    if response.status != 200 and not (listed and _is_known(body["errors"])):
        raise _status_error(response, safe, request_id, _words(body.get("errors")))
    if "errors" in body and not isinstance(body["errors"], list) and body["errors"]:
        raise _status_error(response, safe, request_id, _words(body["errors"]))
    return body


def _is_known(errors: list[Any]) -> bool:
    """Whether errors that came with another status than 200 name a code of the table."""
    return any(error.code in error_codes.GRAPHQL for error in _read_errors(errors))


def _status_error(response: Response, safe: bool, request_id: str, text: str) -> SyncError:
    """An answer without usable data. A 200 of this kind says neither yes nor no."""
    status = response.status
    row = error_codes.UNCLEAR if status < 300 else error_codes.status_row(status, text)
    if not safe and status == 404 and not text:
        # Not Shopify's own no: somebody between us may have passed the change on.
        row = error_codes.UNCLEAR
    return build_error(
        row,
        f"http_{status}",
        f"HTTP {status}, {len(response.body)} bytes: {text}",
        safe=safe,
        request_id=request_id,
        retry_after=response.retry_after,
    )


def _fatal_errors(data: Any, errors: list[GraphQLError]) -> list[GraphQLError]:
    """The errors that left the answer without something that was asked for at its root."""
    if not isinstance(data, dict) or not data:
        return errors
    empty = {name for name, value in data.items() if value is None}
    if not empty:
        return []
    return [error for error in errors if not error.path or error.path[0] in empty]


def _graphql_error(
    errors: list[GraphQLError], cost: Cost | None, safe: bool, request_id: str, response: Response
) -> SyncError:
    def gravity(error: GraphQLError) -> int:
        return error_codes.GRAVITY.index(error_codes.graphql_row(error.code, error.message).kind)

    worst = min(errors, key=gravity)
    wait = response.retry_after
    if worst.code == "THROTTLED" and wait is None:
        wait = _throttle_wait(cost)
    row = error_codes.graphql_row(worst.code, worst.message)
    if row is error_codes.UNLISTED:
        note_unlisted("Shopify", worst.code, worst.message, request_id)
    error = build_error(
        row, worst.code, str(worst), safe=safe, request_id=request_id, retry_after=wait
    )
    if isinstance(error, NotAuthorized) and row is error_codes.MISSING_SCOPE and worst.scopes:
        error.message = (
            f"Shopify has not granted the permission {' or '.join(worst.scopes)}. "
            "Turn it on for the app in Shopify, then authorize the app again."
        )
    if isinstance(error, Rejected):
        error.field = worst.problems or ".".join(worst.path)
        if worst.problems:
            # The value itself may be a buyer's: its place is enough.
            error.message += f" It is the value of {worst.problems}."
    if isinstance(error, RateLimited):
        error.cost = cost
    return error


def _throttle_wait(cost: Cost | None) -> float | None:
    """Seconds until the bucket holds what the call asks for."""
    if cost is None or cost.restore_rate <= 0:
        return None
    return max((cost.requested - cost.available) / cost.restore_rate, 0.1)


def _read_cost(raw: Any) -> Cost | None:
    if not isinstance(raw, dict):
        return None
    bucket = raw.get("throttleStatus")
    bucket = bucket if isinstance(bucket, dict) else {}
    actual = raw.get("actualQueryCost")
    try:
        return Cost(
            requested=float(raw.get("requestedQueryCost") or 0),
            actual=None if actual is None else float(actual),
            available=float(bucket.get("currentlyAvailable") or 0),
            maximum=float(bucket.get("maximumAvailable") or 0),
            restore_rate=float(bucket.get("restoreRate") or 0),
        )
    except (TypeError, ValueError):
        return None


def _read_errors(raw: Any) -> list[GraphQLError]:
    return [_read_error(error) for error in raw if error] if isinstance(raw, list) else []


def _read_error(raw: Any) -> GraphQLError:
    if not isinstance(raw, dict):
        return GraphQLError(_words(raw), "", (), "")
    extensions = raw.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    path = raw.get("path")
    problems = extensions.get("problems")
    first = problems[0] if isinstance(problems, list) and problems else {}
    return GraphQLError(
        message=str(raw.get("message") or ""),
        code=str(extensions.get("code") or ""),
        path=tuple(map(str, path)) if isinstance(path, list) else (),
        problems=_dotted(first.get("path")) if isinstance(first, dict) else "",
        scopes=tuple(
            _SCOPE.findall(str(extensions.get("requiredAccess") or raw.get("message")))[:3]
        ),
    )


def _search_warnings(raw: Any) -> tuple[str, ...]:
    """Unknown search fields are ignored by Shopify; this is the only trace of it."""
    found = []
    for entry in raw if isinstance(raw, list) else []:
        warnings = entry.get("warnings") if isinstance(entry, dict) else None
        for warning in warnings if isinstance(warnings, list) else []:
            if isinstance(warning, dict):
                found.append(f"search {warning.get('field')}: {warning.get('message')}")
    return tuple(found)


def _version_warning(response: Response, version: str) -> tuple[str, ...]:
    """A version that is no longer supported is answered by another one, without an error."""
    answered = response.headers.get("X-Shopify-API-Version", version)
    return () if answered == version else (f"version {version} was answered by {answered}",)


def _dotted(path: Any) -> str:
    return ".".join(map(str, path)) if isinstance(path, list) else str(path or "")


def _words(errors: Any) -> str:
    """The text of ``errors`` when it is a string or an object."""
    if isinstance(errors, dict):
        return "; ".join(f"{name}: {_words(value)}" for name, value in errors.items())
    if isinstance(errors, list):
        return "; ".join(map(_words, errors))
    return str(errors or "")
