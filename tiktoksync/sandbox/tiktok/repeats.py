"""Idempotency keys: a decision made twice under one key happens once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.routes import Context

LONGEST_KEY = 255


def once(ctx: Context, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do the work, or give the first answer again when the key was used on this very path.

    A refusal changed nothing and is not remembered.
    """
    key = ctx.request.param("idempotency_key")
    if len(key) > LONGEST_KEY:
        raise errors.bad_param(f"param idempotency_key exceeds {LONGEST_KEY}")
    if not key:
        return work()
    place = (ctx.the_shop.id, ctx.request.path, key)
    if place not in ctx.state.answers:
        ctx.state.answers[place] = work()
    return ctx.state.answers[place]
