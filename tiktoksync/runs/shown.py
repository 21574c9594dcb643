"""Runs in a person's words: what each kind does, its numbers, its groups and where things lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.words import cause_words

EXAMPLES = 4
State = RunItem.State
VARIANT_OR_PRODUCT = "gid://shopify/"


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a kind of run is spoken of."""

    title: str
    looking: str
    thing: str
    things: str
    start: str
    done: str
    nothing: str


_WORDS: dict[str, KindWords] = {
    Run.Kind.BACKFILL: KindWords(
        "Backfill of orders",
        "Looking at old orders",
        "order",
        "orders",
        "Create the missing",
        "created",
        "Nothing is missing.",
    ),
    Run.Kind.UPLOAD: KindWords(
        "Upload to TikTok",
        "Checking what TikTok will take",
        "product",
        "products",
        "Upload",
        "uploaded",
        "None of these can be uploaded as they are.",
    ),
    Run.Kind.IMPORT: KindWords(
        "Import to Shopify",
        "Looking for what Shopify has already",
        "listing",
        "listings",
        "Import",
        "imported",
        "There is nothing to import.",
    ),
    Run.Kind.LINK: KindWords(
        "Linking equal SKUs",
        "Comparing the SKUs of both sides",
        "SKU",
        "SKUs",
        "Link",
        "linked",
        "No unlinked SKU has its equal on the other side.",
    ),
    Run.Kind.STOCK: KindWords(
        "Push of stock",
        "Working out what can be sold",
        "listing",
        "listings",
        "Push the stock of",
        "pushed",
        "TikTok shows the right stock everywhere.",
    ),
    Run.Kind.PRICES: KindWords(
        "Push of prices",
        "Working out the prices",
        "listing",
        "listings",
        "Push the prices of",
        "pushed",
        "TikTok shows the right prices everywhere.",
    ),
    Run.Kind.STATE: KindWords(
        "Putting on or off sale",
        "Looking at the listings",
        "listing",
        "listings",
        "Change",
        "changed",
        "Every listing stands as wished.",
    ),
    Run.Kind.ORDERS: KindWords(
        "Acting on orders",
        "Looking at the orders",
        "order",
        "orders",
        "Act on",
        "done",
        "There was nothing to do.",
    ),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Items that stand alike, with some of them and what helps."""

    state: str
    cause: str
    words: str
    count: int
    fix: str
    examples: list[RunItem]


def words_of(run: Run) -> KindWords:
    """The words for a run's kind."""
    return _WORDS[run.kind]


def gather_run(run: Run) -> dict[str, Any]:
    """What the fragment shows of a run."""
    before = run.started_at is None
    return {
        "run": run,
        "kind": words_of(run),
        "expected": int(run.cursor.get("expected") or 0) if run.is_preparing else 0,
        "ready": sum(group["count"] for group in run.groups(State.WAITING)),
        "under_way": sum(group["count"] for group in run.groups(State.WORKING)),
        "groups": [
            ("To do", _groups(run, State.WAITING) if before else []),
            ("Failed", _groups(run, State.FAILED)),
            ("Left out" if before else "Done, or left out", _groups(run, *_settled(before))),
        ],
        "may_retry": not before and not run.is_active and bool(run.failed or run.left),
    }


def _settled(before: bool) -> tuple[str, ...]:
    return (State.SKIPPED,) if before else (State.SKIPPED, State.DONE)


def _groups(run: Run, *states: str) -> list[Group]:
    found = []
    for group in run.groups(*states):
        items = run.items.filter(state=group["state"], cause=group["cause"]).order_by("id")
        examples = list(items[:EXAMPLES])
        issues = [one for item in examples for one in item.facts.get("issues", [])]
        fixes = [one.get("fix", "") for one in issues if one.get("code") == group["cause"]]
        words = cause_words(run.kind, group["cause"]) if group["cause"] else "Ready"
        if not group["cause"] and group["state"] == State.DONE:
            words = words_of(run).done.capitalize()
        found.append(
            Group(
                group["state"],
                group["cause"],
                words,
                group["count"],
                next(filter(None, fixes), ""),
                examples,
            )
        )
    return found


def item_address(run: Run, item: RunItem) -> str:
    """The page of what an item is about; empty if there is none."""
    if run.kind in (Run.Kind.BACKFILL, Run.Kind.ORDERS):
        return f"{reverse('orders')}?q={quote(item.remote_id)}"
    if run.shop is None:
        return ""
    if item.remote_id.startswith(VARIANT_OR_PRODUCT):
        return reverse("product-page", args=[item.remote_id.rpartition("/")[2]])
    if run.kind == Run.Kind.LINK:
        return reverse("product-link", args=[run.shop.shop_id, item.remote_id])
    return reverse("listing-page", args=[run.shop.shop_id, item.remote_id])
