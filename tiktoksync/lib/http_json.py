"""JSON with exact numbers: ids above 2^53 stay whole, fractions become Decimal."""

import json
from decimal import Decimal
from typing import Any


def parse_json(raw: bytes) -> Any:
    """Parse a body; ValueError when it is not JSON, or nested too deeply to be read.

    The error says nothing of the body, which may hold tokens or a buyer's address.
    """
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        pass
    raise ValueError("The body is not JSON.")


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")
