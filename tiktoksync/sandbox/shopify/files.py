"""Files on the sandbox's own host: results of bulk operations, media taken in, staged uploads.

None of these addresses wants an access token.
"""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from threading import RLock

from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.shopify.state import Record, ShopifyState

PREFIX = "/shopify-files/"
UPLOADS = PREFIX + "uploads/"


def store_file(
    state: ShopifyState, name: str, kind: str, content: bytes, seconds: float | None = None
) -> str:
    """Keep a file, for so many seconds of the waiting clock; gives its path."""
    path = f"{PREFIX}{state.numbers.next('File')}/{name}"
    due = None if seconds is None else state.clock.line() + seconds
    state.files[path] = (kind, content, due)
    return path


def serve(state: ShopifyState, request: Request, lock: RLock) -> Answer:
    """Give a file, or take one that was announced by stagedUploadsCreate."""
    if request.path.startswith(UPLOADS) and request.method in ("POST", "PUT"):
        with lock:
            return _take(state, request)
    found = state.files.get(request.path)
    if found is None:
        return _text(404, "not found")
    kind, content, due = found
    if due is not None and due <= state.clock.line():
        return _text(403, "expired")
    return Answer(200, content, {"Content-Type": kind})


def _text(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/plain"})


def _take(state: ShopifyState, request: Request) -> Answer:
    """A form of the announced parameters and the file, or the bare file."""
    target = state.uploads.get(request.path)
    if target is None or target["method"] != request.method:
        return _text(403, "no such upload")
    content: bytes | None
    if request.method == "PUT":
        content = request.body
        wrong = request.headers.get("content-type", target["mime"]) != target["mime"]
    else:
        fields, content = _read_form(request)
        wrong = content is None or fields != target["parameters"]
    if wrong or content is None:
        return _text(400, "the request does not match what was announced")
    if target["size"] is not None and len(content) != target["size"]:
        return _text(400, "the file is not of the announced size")
    path = PREFIX + target["key"]
    state.files[path] = (target["mime"], content, None)
    return Answer(
        201 if request.method == "POST" else 200, b"", {"Location": state.base_url + path}
    )


def _read_form(request: Request) -> tuple[list[tuple[str, str]], bytes | None]:
    """The fields in their order, and the file if it comes last."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + request.body)
    fields: list[tuple[str, str]] = []
    content: bytes | None = None
    for part in form.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        value = part.get_payload(decode=True)
        raw = value if isinstance(value, bytes) else b""
        if content is not None:
            return fields, None
        if name == "file":
            content = raw
        else:
            fields.append((name, raw.decode()))
    return fields, content


def uploaded(state: ShopifyState, url: str) -> tuple[str, bytes] | None:
    """The type and content behind the ``resourceUrl`` of a finished upload."""
    at = url.find(PREFIX)
    found = state.files.get(url[at:]) if at >= 0 else None
    return (found[0], found[1]) if found else None


def announce(state: ShopifyState, given: Record) -> Record:
    """A target for one upload: where to send it, and what it can be named by afterwards."""
    number = state.numbers.next("File")
    key = f"tmp/{number}/{given['filename']}"
    path = f"{UPLOADS}{number}"
    parameters = [
        ("Content-Type", given["mimeType"]),
        ("success_action_status", "201"),
        ("acl", "private"),
        ("key", key),
        ("x-goog-date", state.now().replace("-", "").replace(":", "")),
        ("x-goog-algorithm", "GOOG4-RSA-SHA256"),
        ("x-goog-signature", f"{number:064x}"),
        ("policy", f"sandbox-{number}"),
    ]
    by_form = given.get("httpMethod", "PUT") == "POST"
    if not by_form:
        parameters = [("content_type", given["mimeType"]), ("acl", "private")]
    state.uploads[path] = {
        "method": "POST" if by_form else "PUT",
        "mime": given["mimeType"],
        "size": int(given["fileSize"]) if given.get("fileSize") else None,
        "parameters": parameters,
        "key": key,
    }
    return {
        "url": state.base_url + path,
        "resourceUrl": state.base_url + PREFIX + key,
        "parameters": [{"name": name, "value": value} for name, value in parameters],
    }
