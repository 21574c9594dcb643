"""How facts are shown: statuses, times in the merchant's zone, money in its own currency."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from babel.core import UnknownLocaleError
from babel.numbers import format_currency
from django import template
from django.forms import BooleanField, BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders import presentation
from orders.frame import health_badge
from orders.models import Order
from orders.presentation import Badge, Clock
from products.models import Variant
from tiktoksync.shops.models import ConnectedAccount
from tiktoksync.sync.models import Attempt, SyncRow
from tiktoksync.webhooks.models import Delivery

register = template.Library()

LOCALE = "en_US"
NO_OPTIONS = "Default Title"
_STEPS = ((60, "s"), (3600, "min"), (86400, "h"), (7 * 86400, "d"))


@register.inclusion_tag("shared/_status_badge.html")
def tiktok_status(order: Order) -> dict[str, Badge]:
    """The badge of TikTok's axis."""
    return {"badge": presentation.tiktok_badge(order)}


@register.inclusion_tag("shared/_status_badge.html")
def sync_status(row: SyncRow) -> dict[str, Badge]:
    """The badge of our own axis."""
    return {"badge": presentation.sync_badge(row)}


@register.inclusion_tag("shared/_status_badge.html")
def attempt_outcome(attempt: Attempt) -> dict[str, Badge]:
    """The badge of one try."""
    return {"badge": presentation.attempt_badge(attempt)}


@register.inclusion_tag("shared/_status_badge.html")
def badge(badge: Badge) -> dict[str, Badge]:
    """A badge that the view has made."""
    return {"badge": badge}


@register.inclusion_tag("orders/_ship_clock.html")
def ship_clock(order: Order) -> dict[str, Clock | None]:
    """How long is left to ship."""
    return {"clock": presentation.ship_clock(order, timezone.now())}


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount as people write it: $35.97, ₫168,000."""
    if amount is None:
        return "–"
    if not currency:
        return f"{amount.normalize():f}"
    try:
        return str(format_currency(amount, currency, locale=LOCALE))
    except (UnknownLocaleError, ValueError):
        return f"{amount.normalize():f} {currency}"


@register.filter
def capped(count: int) -> str:
    """A count that stops at the cap: "10,000+"."""
    from orders.filters import CAP

    return f"{CAP:,}+" if count > CAP else f"{count:,}"


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """A moment relative to now; the exact time, with its zone, on hover."""
    if moment is None:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(),
        exact_time(moment),
        relative_time(moment, timezone.now()),
    )


@register.filter
def exact_time(moment: datetime | None) -> str:
    """Day, time and zone, to the second: "Mon 3 Aug 2026, 14:05:09 CEST"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'D j M Y, H:i:s')} {local.tzname()}"


def relative_time(moment: datetime, now: datetime) -> str:
    """ "40 s ago", "in 23 min"; after a week the day itself. static/app.js says the same."""
    seconds = (now - moment).total_seconds()
    size = abs(seconds)
    if size < 5:
        return "just now"
    if size >= _STEPS[-1][0]:
        local = timezone.localtime(moment)
        this_year = local.year == timezone.localtime(now).year
        return date_format(local, "j M, H:i" if this_year else "j M Y")
    unit = 1
    for limit, word in _STEPS:
        if size < limit:
            text = f"{int(size // unit)} {word}"
            return f"{text} ago" if seconds > 0 else f"in {text}"
        unit = limit
    raise AssertionError("the last step covers every size")


@register.filter
def variant_name(variant: Variant) -> str:
    """Product and options; Shopify's stand-in for "no options" is left out."""
    return str(variant.product) if variant.title == NO_OPTIONS else str(variant)


@register.filter
def plain_words(code: str) -> str:
    """A platform's code as words: PARTIALLY_FULFILLED → "Partially fulfilled"."""
    return code.replace("_", " ").capitalize()


@register.filter
def label_maker(shipping_type: str) -> str:
    """Who makes the shipping label."""
    known = {"SELLER": "Bought by you", "TIKTOK": "Made by TikTok"}
    return known.get(shipping_type, plain_words(shipping_type))


@register.filter
def fulfilled_by(code: str) -> str:
    """Who fulfils: FULFILLMENT_BY_SELLER → "Seller"."""
    return plain_words(code.removeprefix("FULFILLMENT_BY_"))


@register.inclusion_tag("shared/_status_badge.html")
def delivery_outcome(delivery: Delivery) -> dict[str, Badge]:
    """The badge of a webhook."""
    return {"badge": presentation.delivery_badge(delivery)}


@register.inclusion_tag("shared/_status_badge.html")
def account_health(account: ConnectedAccount) -> dict[str, Badge]:
    """The badge of a connection."""
    return {"badge": health_badge(account)}


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether a form field is a box to tick."""
    return isinstance(field.field, BooleanField)
