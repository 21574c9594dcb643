"""What the addresses of connections name, for tests that walk every route."""

from __future__ import annotations

from typing import Any

from tests.factories import Pair


def known_connections(pair: Pair) -> dict[str, Any]:
    """One side of the pair."""
    return {"side": "shop", "account_id": pair.shop.pk}
