"""The control API: JSON under ``/sandbox/api``. It is not part of either platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox import (
    control_aftersales,
    control_orders,
    control_parcels,
    control_products,
    control_shopify,
    control_shopify_products,
    control_world,
)
from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.faults import BadRule
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.tiktok.errors import ApiError
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove
from tiktoksync.sandbox.tiktok.order_lines import BadWish
from tiktoksync.sandbox.tiktok.review import NothingToReview
from tiktoksync.sandbox.world import World

Action = Callable[[Wish], Any]

ROUTES: dict[tuple[str, str], Action] = {
    **control_world.ROUTES,
    **control_orders.ROUTES,
    **control_aftersales.ROUTES,
    **control_parcels.ROUTES,
    **control_products.ROUTES,
    **control_shopify.ROUTES,
    **control_shopify_products.ROUTES,
}
# Actions that wait for other threads must not hold the lock while they do.
UNLOCKED = {("POST", "webhooks/flush"), ("POST", "webhooks/settle")}


def serve_control(world: World, request: Request) -> Answer:
    """Find the action of a control call and answer its value as JSON."""
    path = request.path.removeprefix("/sandbox/api/").strip("/")
    for key, action in ROUTES.items():
        values = _match(key[1], path) if key[0] == request.method else None
        if values is not None:
            return _answer(world, request, key, action, values)
    return Answer.json({"error": f"no control call {request.method} {path}"}, 404)


def _match(pattern: str, path: str) -> list[str] | None:
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    values = []
    for one, other in zip(wanted, given, strict=True):
        if one == "*":
            values.append(other)
        elif one != other:
            return None
    return values


def _answer(
    world: World, request: Request, key: tuple[str, str], action: Action, values: list[str]
) -> Answer:
    try:
        body = request.json() if request.body else {}
    except ValueError:
        return Answer.json({"error": "the body is not JSON"}, 400)
    wish = Wish(world, request, body if isinstance(body, dict) else {"rows": body}, values)
    try:
        if key in UNLOCKED:
            return Answer.json(action(wish))
        with world.lock:
            world.settle()
            return Answer.json(action(wish))
    except BadControl as error:
        return Answer.json({"error": str(error)}, error.status)
    except (WrongMove, BadWish, BadRule, NothingToReview) as error:
        return Answer.json({"error": str(error)}, 409)
    except ApiError as error:
        return Answer.json({"error": error.message, "code": error.code}, 409)
    except (TypeError, ValueError, KeyError, ArithmeticError) as error:
        return Answer.json({"error": f"{type(error).__name__}: {error}"}, 400)
