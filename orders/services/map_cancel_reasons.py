"""A merchant's own word on which reason a cancelled order carries on the other platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count

from orders.aftersales_words import reason_ending, seller_reason_word
from orders.cancel_reasons import (
    BY_WHOM,
    SHOPIFY,
    SHOPIFY_REASONS,
    WHOM,
    WORDS,
    CancelMap,
    default_for,
    map_of,
    plain_reason,
    seller_endings,
)
from orders.models import Cancellation, CancelRequest, SellerCancellation
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change

SHOWN = 30
LOOKED_AT = 50
LONGEST = 255
BY_WHO_CANCELLED = "By who cancelled"
WHO = {
    "BUYER": "Any other, cancelled by the buyer",
    "SELLER": "Any other, cancelled by you on TikTok",
    "SYSTEM": "Any other, cancelled by TikTok",
}
Key = tuple[str, str]


class CannotMap(Exception):
    """What was sent is no choice of the page; the text says which."""


@dataclass(frozen=True, slots=True)
class Line:
    """A reason, and what it becomes. `seen` counts the orders that were cancelled with it."""

    kind: str
    reason: str
    label: str
    chosen: str
    offered: tuple[tuple[str, str], ...]
    seen: int | None = None

    @property
    def name(self) -> str:
        """The line's field in the form."""
        return f"{self.kind}:{self.reason}"

    def word(self, value: str) -> str:
        """A choice as a person reads it."""
        return dict(self.offered).get(value, value)


def cancel_map(shop: TikTokShop) -> CancelMap:
    """The shop's own choices; no query where they were prefetched."""
    return map_of((row.kind, row.reason, row.becomes) for row in shop.cancel_reasons.all())


def read_lines(shop: TikTokShop) -> list[Line]:
    """Every line of the page with what is chosen, or the default: words, by whom, to TikTok."""
    rows = {(row.kind, row.reason): row.becomes for row in shop.cancel_reasons.all()}
    seen = _seen(shop)
    mapped = [reason for kind, reason in rows if kind == WORDS]
    names = {plain_reason(reason): reason for reason in [*seen, *mapped]}
    counts = {plain_reason(reason): count for reason, count in seen.items()}
    lines = [
        _line(WORDS, names[key], names[key], rows, counts.get(key, 0)) for key in sorted(names)
    ]
    lines += [_line(WHOM, who, WHO[who], rows) for who in BY_WHOM]
    return lines + _wishes(shop, rows)


def save_lines(shop: TikTokShop, wanted: Mapping[Key, str], user: Any) -> int:
    """Keep what was chosen, all of it or nothing; returns how many lines differ from before.

    A default needs no row. Reasons that no line had so far are added by their words.
    """
    with transaction.atomic():
        TikTokShop.objects.select_for_update().only("pk").get(pk=shop.pk)
        known = {(line.kind, line.reason): line for line in read_lines(shop)}
        pairs = [(known.get(key) or _new_line(key, known), to) for key, to in wanted.items()]
        for line, to in pairs:
            if to not in dict(line.offered):
                raise CannotMap(f"“{line.label}” cannot become that. Choose one of the list.")
        changes = [_keep(shop, line, to) for line, to in pairs if to != line.chosen]
        note_settings_change(shop.merchant, "aftersales", user=user, changes=changes, shop=shop)
    return len(changes)


def _line(kind: str, reason: str, label: str, rows: Mapping[Key, str], seen: int = 0) -> Line:
    offered = tuple(SHOPIFY_REASONS.items())
    if kind == WHOM:
        return Line(kind, reason, label, rows.get((kind, reason), BY_WHOM[reason]), offered)
    by_words = {plain_reason(name): to for (one, name), to in rows.items() if one == WORDS}
    offered = (("", BY_WHO_CANCELLED), *offered)
    return Line(kind, reason, label, by_words.get(plain_reason(reason), ""), offered, seen)


def _wishes(shop: TikTokShop, rows: Mapping[Key, str]) -> list[Line]:
    """Each of Shopify's reasons, with those of TikTok's that it may wish for."""
    lines, endings = [], _endings(shop)
    for reason, label in SHOPIFY_REASONS.items():
        chosen = rows.get((SHOPIFY, reason), default_for(SHOPIFY, reason))
        known = seller_endings([*endings, chosen])
        offered = tuple((one, seller_reason_word(one)) for one in known)
        lines.append(Line(SHOPIFY, reason, label, chosen, offered))
    return lines


def _new_line(key: Key, known: Mapping[Key, Line]) -> Line:
    kind, reason = key[0], " ".join(key[1].split())
    if kind != WORDS or not reason or len(reason) > LONGEST:
        raise CannotMap(f"A reason on TikTok has 1 to {LONGEST} characters.")
    same = (line for (one, _), line in known.items() if one == WORDS and _same(line, reason))
    return next(same, None) or _line(WORDS, reason, reason, {})


def _same(line: Line, reason: str) -> bool:
    return plain_reason(line.reason) == plain_reason(reason)


def _keep(shop: TikTokShop, line: Line, becomes: str) -> dict[str, str]:
    rows = shop.cancel_reasons.filter(kind=line.kind)
    if becomes == default_for(line.kind, line.reason):
        rows.filter(reason=line.reason).delete()
    else:
        rows.update_or_create(
            reason=line.reason,
            defaults={"becomes": becomes},
            create_defaults={"shop": shop, "kind": line.kind, "becomes": becomes},
        )
    label = f"Cancel reason “{line.label}”"
    return changed("cancel_reason", label, line.word(line.chosen), line.word(becomes))


def _seen(shop: TikTokShop) -> dict[str, int]:
    """TikTok's reasons in this shop's orders and requests, each with the number of orders."""
    orders = Cancellation.objects.filter(order__shop=shop).exclude(reason="")
    counted = orders.order_by().values_list("reason").annotate(count=Count("pk"))
    asked = CancelRequest.objects.filter(order__shop=shop).exclude(reason_text="")
    texts = asked.order_by("reason_text").values_list("reason_text", flat=True).distinct()[:SHOWN]
    found: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for text, count in [
        *counted.order_by("-count", "reason")[:SHOWN],
        *((one, 0) for one in texts),
    ]:
        words = spelled.setdefault(plain_reason(text), " ".join(text.split()))
        found[words] = found.get(words, 0) + count
    found.pop("", None)
    return found


def _endings(shop: TikTokShop) -> list[str]:
    """The endings of what TikTok has lately offered this shop to cancel with."""
    rows = SellerCancellation.objects.filter(order__shop=shop).order_by("-pk")
    lately = rows.values_list("reasons", flat=True)[:LOOKED_AT]
    return [reason_ending(str(one["name"])) for reasons in lately for one in reasons]
