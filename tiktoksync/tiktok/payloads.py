"""The parts of TikTok Shop's bodies the application reads, typed at the edge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tiktoksync.errors import MalformedPayload
from tiktoksync.lib.http_json import parse_json

T = TypeVar("T")

#: Deeper than anything TikTok Shop sends.
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class OrderPage:
    """``next_page_token`` is empty on the last page. ``unreadable`` counts rows left out because
    they are no objects at all.
    """

    orders: list[dict[str, Any]]
    next_page_token: str
    total_count: int | None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class AuthorizedShop:
    id: str
    name: str
    region: str
    seller_type: str
    cipher: str
    code: str


@dataclass(frozen=True, slots=True)
class ShippedPackage:
    """``warning`` is TikTok's remark, for example that a number fits several carriers."""

    package_id: str
    warning: str


@dataclass(frozen=True, slots=True)
class ItemError:
    """One refused item of a batch call that as a whole succeeded."""

    code: str
    message: str
    detail: dict[str, Any]

    @property
    def order_id(self) -> str:
        return text(self.detail.get("order_id"))


@dataclass(frozen=True, slots=True)
class Webhook:
    event_type: str
    address: str


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One webhook body. ``type`` may be a number no enum knows; ``notification_id``, ``shop_id``
    and ``timestamp`` may be missing ("" and 0). ``order_ids`` are the orders to read again.
    """

    type: int
    notification_id: str
    shop_id: str
    timestamp: int
    order_ids: tuple[str, ...]
    data: dict[str, Any]


def parse_webhook(raw: bytes) -> WebhookEvent:
    """Read a verified webhook body; raises MalformedPayload. Big ids are kept exactly."""
    try:
        body = parse_json(raw)
    except ValueError:
        raise MalformedPayload("The webhook's body is not JSON.") from None
    if not isinstance(body, dict):
        raise MalformedPayload("The webhook's body is not an object.")
    check_depth(body)
    data = body.get("data")
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise MalformedPayload("The webhook's data is not an object.")
    return WebhookEvent(
        type=_number(body.get("type"), "type"),
        notification_id=_id(body.get("tts_notification_id"), "tts_notification_id"),
        shop_id=_id(body.get("shop_id"), "shop_id"),
        timestamp=_number(body.get("timestamp"), "timestamp", missing=0),
        order_ids=_order_ids(data),
        data=data,
    )


def check_depth(value: Any, deepest: int = MAX_DEPTH) -> None:
    """Raise MalformedPayload when objects and lists are nested deeper than ``deepest``."""
    level: list[Any] = [value]
    for _ in range(deepest):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise MalformedPayload("The body is nested too deeply.")


def rows(key: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """A parser that gives the objects of the list ``data[key]``; a missing list is empty."""
    return records(key, lambda row: row)


def records(key: str, parse: Callable[[dict[str, Any]], T]) -> Callable[[dict[str, Any]], list[T]]:
    """A parser that gives the parsed objects of the list ``data[key]``."""

    def read(data: dict[str, Any]) -> list[T]:
        return [parse(row) for row in _list(data, key) if isinstance(row, dict)]

    return read


def order_page(data: dict[str, Any]) -> OrderPage:
    listed = _list(data, "orders")
    orders = [row for row in listed if isinstance(row, dict)]
    total = data.get("total_count")
    return OrderPage(
        orders=orders,
        next_page_token=text(data.get("next_page_token") or ""),
        total_count=total if isinstance(total, int) and not isinstance(total, bool) else None,
        unreadable=len(listed) - len(orders),
    )


def authorized_shop(row: dict[str, Any]) -> AuthorizedShop:
    names = ("id", "name", "region", "seller_type", "cipher", "code")
    return AuthorizedShop(**{name: text(row.get(name)) for name in names})


def item_error(row: dict[str, Any]) -> ItemError:
    detail = row.get("detail")
    return ItemError(
        code=text(row.get("code")),
        message=text(row.get("message")),
        detail=detail if isinstance(detail, dict) else {},
    )


def webhook(row: dict[str, Any]) -> Webhook:
    return Webhook(text(row.get("event_type")), text(row.get("address")))


def text(value: Any) -> str:
    """Text as it is, whole numbers exactly, everything else (null included) as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedPayload("TikTok Shop sent a list that is not a list.", detail=key)
    return value


def _order_ids(data: dict[str, Any]) -> tuple[str, ...]:
    """Wherever the event types put them, without doubles, in the order given."""
    found = [data.get("order_id"), *_members(data.get("order_ids"))]
    for package in _members(data.get("package_list")):
        if isinstance(package, dict):
            found += _members(package.get("order_id_list"))
    return tuple(dict.fromkeys(order_id for order_id in map(text, found) if order_id))


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return _members(value)


def _number(value: Any, name: str, missing: int | None = None) -> int:
    if missing is not None and value in (None, ""):
        return missing
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    raise MalformedPayload("A number in the webhook is not a number.", detail=name)


def _id(value: Any, name: str) -> str:
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return text(value)
    raise MalformedPayload("An id in the webhook is not an id.", detail=name)
