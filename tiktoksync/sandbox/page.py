"""A small page for people: both platforms side by side, with a button for every next step."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from tiktoksync.sandbox import page_parts as parts
from tiktoksync.sandbox.control import serve_control
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.page_products import products_page
from tiktoksync.sandbox.world import World

PREFIX = "/sandbox/page"


def serve_page(world: World, request: Request) -> Answer:
    """The page, its lists alone for the refresh, the log, and the forms that change things."""
    path = request.path.removeprefix(PREFIX).strip("/")
    if request.path == "/favicon.ico":
        return Answer(204)
    if request.method == "POST":
        return _act(world, request, path)
    shown: dict[str, Callable[[World, Request], str]] = {
        "": _whole,
        "lists": lambda world, _request: parts.lists(world),
        "products": lambda world, request: parts.frame(
            "Products", parts.note_line(request.param("note")) + products_page(world)
        ),
        "log": lambda world, _request: parts.frame("Request log", parts.log_table(world)),
    }
    if request.method != "GET" or path not in shown:
        return Answer.html(parts.frame("Not found", "<p>There is no such page.</p>"), 404)
    with world.lock:
        return Answer.html(shown[path](world, request))


def _whole(world: World, request: Request) -> str:
    note = request.param("note")
    body = parts.note_line(note) + parts.place_form(world) + parts.toolbar()
    return parts.frame("Sandbox", f'{body}<div id="lists">{parts.lists(world)}</div>', live=True)


def _act(world: World, request: Request, path: str) -> Answer:
    """Turn a form into a control call, then go back to the page."""
    form = request.form()
    back = f"{PREFIX}/products" if path.startswith("products") else "/"
    if path == "place":
        form_body = parts.read_place_form(form)
        answer = _control(world, "orders", form_body)
    elif path == "products":
        answer = _add_product(world, form)
    else:
        answer = _control(world, path, parts.read_action_form(form))
    note = "" if answer.status == 200 else parts.error_of(answer)
    return Answer.redirect(f"{back}?note={quote(note)}" if note else back, 303)


def _add_product(world: World, form: dict[str, str]) -> Answer:
    """The product written into the form as JSON."""
    try:
        row = json.loads(form.get("json", ""))
    except ValueError:
        return Answer.json({"error": "the product is not JSON"}, 400)
    if not isinstance(row, dict):
        return Answer.json({"error": "the product must be a JSON object"}, 400)
    return _control(world, "products", {**row, "shop": form.get("shop", "")})


def _control(world: World, path: str, body: dict[str, object]) -> Answer:
    raw = Answer.json(body).body
    return serve_control(world, Request("POST", f"/sandbox/api/{path}", "", {}, raw))
