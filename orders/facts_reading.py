"""Reading single values out of a TikTok Shop object: tolerant of absence, strict about types."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tiktoksync.lib.money import parse_amount

# How TikTok Shop says "nothing"; the pair of quotation marks is a literal seen in address lines.
_BLANK_TEXTS = frozenset({"", '""', "''"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LATEST_TIME = 253_402_300_799  # the last second a datetime can hold: 9999-12-31 23:59:59 UTC
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


class Malformed(Exception):
    """An order object that cannot be read without guessing; `reason` holds no buyer data."""

    def __init__(self, reason: str, order_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.order_id = order_id


def is_deeper_than(value: object, limit: int) -> bool:
    """True if objects and lists nest deeper than `limit`; the value itself is level one."""
    level: list[object] = [value]
    for _ in range(limit):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    """The containers directly inside a container; scalars and the value itself do not count."""
    if isinstance(value, Mapping):
        inside: Sequence[object] = list(value.values())
    elif isinstance(value, (list, tuple)):
        inside = value
    else:
        return []
    return [child for child in inside if isinstance(child, (Mapping, list, tuple))]


def _is_blank(value: object) -> bool:
    """True for everything TikTok Shop sends when there is nothing to send, "0" aside."""
    if isinstance(value, str):
        return value.strip() in _BLANK_TEXTS
    return value is None or (isinstance(value, (list, Mapping)) and not value)


def read_text(raw: Mapping[str, object], name: str) -> str:
    """The text under `name`, "" when absent. Whole numbers are kept exactly, as digits."""
    value = raw.get(name)
    if _is_blank(value):
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Malformed(f"{name} is {_kind(value)} where text is wanted")
    return _storable(value)


def read_reference(raw: Mapping[str, object], name: str) -> str:
    """An id or number of something else, "" when there is none; TikTok Shop says "0" for that."""
    text = read_text(raw, name).strip()
    return "" if text == "0" else text


def _storable(text: str) -> str:
    """The text without what no database column takes: NUL characters and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def read_required_text(raw: Mapping[str, object], name: str) -> str:
    text = read_text(raw, name).strip()
    if not text:
        raise Malformed(f"{name} is missing")
    return text


def read_id(raw: Mapping[str, object], name: str, label: str = "") -> str:
    text = read_text(raw, name).strip()
    if not text:
        raise Malformed(f"{label or name} is missing")
    if not _ID.fullmatch(text):
        raise Malformed(f"{label or name} is not an identifier")
    return text


def read_currency(raw: Mapping[str, object], name: str) -> str:
    text = read_text(raw, name).strip().upper()
    if not text:
        raise Malformed(f"{name} is missing")
    if not _CURRENCY.fullmatch(text):
        raise Malformed(f"{name} is not a currency code")
    return text


def read_amount(raw: Mapping[str, object], name: str) -> Decimal | None:
    """The amount under `name`, None when absent. Negative amounts are refused."""
    value = raw.get(name)
    if _is_blank(value):
        return None
    if isinstance(value, float):
        # The shortest text of a float is what the body said; money itself comes as text.
        value = repr(value)
    try:
        return parse_amount(value)
    except ValueError as error:
        raise Malformed(f"{name}: {error}") from None


def read_time(raw: Mapping[str, object], name: str) -> int | None:
    """Unix seconds under `name`, None when absent or 0."""
    value = raw.get(name)
    if _is_blank(value):
        return None
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{1,19}", value.strip()):
            raise Malformed(f"{name} is not a time in seconds")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"{name} is {_kind(value)} where a time in seconds is wanted")
    if not 0 <= value <= _LATEST_TIME:
        raise Malformed(f"{name} is out of range")
    return value or None


def read_count(raw: Mapping[str, object], name: str) -> int:
    """A small whole number, 1 when absent."""
    text = read_text(raw, name).strip()
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        raise Malformed(f"{name} is not a count")
    return int(text or 1)


def read_flag(raw: Mapping[str, object], name: str) -> bool:
    value = raw.get(name)
    if isinstance(value, bool):
        return value
    text = read_text(raw, name).strip().lower()
    if text and text not in _FLAGS:
        raise Malformed(f"{name} is neither true nor false")
    return _FLAGS.get(text, False)


def read_object(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The object under `name`, an empty one when absent."""
    value = raw.get(name)
    if _is_blank(value):
        return {}
    if isinstance(value, Mapping):
        return value
    raise Malformed(f"{name} is {_kind(value)} where an object is wanted")


def read_objects(raw: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The list of objects under `name`, an empty one when absent."""
    value = raw.get(name)
    if _is_blank(value):
        return []
    if not isinstance(value, list):
        raise Malformed(f"{name} is {_kind(value)} where a list is wanted")
    for item in value:
        if not isinstance(item, Mapping):
            raise Malformed(f"{name} holds {_kind(item)} where an object is wanted")
    return value


_KINDS = {bool: "a truth value", int: "a number", float: "a number", Decimal: "a number"}


def _kind(value: object) -> str:
    """What the value is, in a reader's words."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return _KINDS.get(type(value), "text" if isinstance(value, str) else "something else")
