"""Single values of either platform's bodies, as our columns hold them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tiktoksync.lib.money import parse_amount

PLACES = Decimal("0.0001")
# One more digit than the columns of money hold.
TOO_MUCH = Decimal(10) ** 12
TOO_HEAVY = Decimal(10) ** 10
TOO_MANY = 2**31
TITLE_LENGTH = 255


def words(value: Any, most: int = TITLE_LENGTH) -> str:
    """A text cut to its column; empty for nothing. No database takes a zero byte or half a pair."""
    if value is None:
        return ""
    text = str(value)[: most + 10].replace("\x00", "")
    return text.encode("utf-8", "replace").decode()[:most]


def address(value: Any, most: int) -> str:
    """The address of a picture; one that is cut off leads nowhere, so it is left out."""
    text = words(value, most + 1)
    return text if len(text) <= most else ""


def stored_price(value: Any) -> Decimal | None:
    """A price as its column holds it; None for none, and for what is no price."""
    return _amount(value, TOO_MUCH)


def stored_weight(value: Any) -> Decimal | None:
    """A weight as its column holds it; None for none, and for what is no weight."""
    text = str(value) if isinstance(value, float) else value
    return _amount(text, TOO_HEAVY)


def _amount(value: Any, limit: Decimal) -> Decimal | None:
    try:
        amount = parse_amount(value)
    except ValueError:
        return None
    return amount.quantize(PLACES) if amount < limit else None


def whole_number(value: Any) -> int | None:
    """A count as its column holds it; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = int(value)
    except ValueError:
        return None
    return number if -TOO_MANY < number < TOO_MANY else None


def moment(value: Any) -> datetime | None:
    """A time: RFC 3339 as Shopify writes it, or Unix seconds as TikTok does; None for neither."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC) if value > 0 else None
        found = datetime.fromisoformat(str(value)) if value else None
    except (ValueError, OverflowError, OSError):
        return None
    return found if found is not None and found.tzinfo is not None else None


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; anything else in it is left out, and no list is an empty one."""
    if not isinstance(value, list | tuple):
        return []
    return [row for row in value if isinstance(row, Mapping)]


def object_of(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def texts_of(value: Any, most: int = TITLE_LENGTH) -> list[str]:
    """The texts in a list."""
    return [words(one, most) for one in value] if isinstance(value, list | tuple) else []


def differs(row: Any, columns: Mapping[str, Any], but: Collection[str] = ()) -> bool:
    """Whether a stored row says something else in one of these columns."""
    return any(getattr(row, name) != value for name, value in columns.items() if name not in but)


def set_on(row: Any, columns: Mapping[str, Any]) -> Any:
    """Set columns on a row; returns the row."""
    for name, value in columns.items():
        setattr(row, name, value)
    return row


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The latest of several times."""
    known = [one for one in moments if one is not None]
    return max(known, default=None)
