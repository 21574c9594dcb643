"""``@idempotent``: the same key and input give the same answer again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.shopify.errors import coded
from tiktoksync.sandbox.shopify.state import Context, Record

MISSING_KEY = "The @idempotent directive is required for this mutation but was not provided."
OTHER_INPUT = (
    "The request with this idempotency key has different parameters than the original request."
)


def once(ctx: Context, key: str | None, given: Any, work: Callable[[], Record]) -> Record:
    """The payload of ``work``, remembered under the key.

    Raises BAD_REQUEST without a key, IDEMPOTENCY_KEY_PARAMETER_MISMATCH for another input.
    """
    if key is None:
        raise coded(MISSING_KEY, "BAD_REQUEST")
    if not key.strip():
        raise coded("key can't be blank", "BAD_REQUEST")
    mark = json.dumps(given, sort_keys=True, default=str)
    known = ctx.store.idempotency.get(key)
    if known is not None:
        if known[0] != mark:
            raise coded(OTHER_INPUT, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        replay: Record = known[1]
        return replay
    payload = work()
    ctx.store.idempotency[key] = (mark, payload)
    return payload
