"""The words for what a run counts, from whoever knows its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

from tiktoksync.runs.models import Run

#: For each kind of run: a function that gives the words for a cause.
WORDS = {
    Run.Kind.BACKFILL.value: "orders.backfill.cause_words",
    Run.Kind.UPLOAD.value: "products.upload_words.cause_words",
    Run.Kind.IMPORT.value: "products.import_words.cause_words",
    Run.Kind.LINK.value: "products.link_words.cause_words",
    Run.Kind.STOCK.value: "products.listing_words.cause_words",
    Run.Kind.PRICES.value: "products.listing_words.cause_words",
    Run.Kind.STATE.value: "products.listing_words.cause_words",
    Run.Kind.ORDERS.value: "orders.list_bulk.cause_words",
}


def cause_words(kind: str, cause: str) -> str:
    """A cause as a person reads it."""
    if kind not in WORDS:
        return cause.replace("_", " ").capitalize()
    words: Callable[[str], str] = import_string(WORDS[kind])
    return words(cause)


def told_groups(run: Run, *states: str) -> list[dict[str, Any]]:
    """The counted groups of a run with their words, the largest first."""
    wanted = states or [group["state"] for group in run.counts]
    return [
        {**group, "words": cause_words(run.kind, group["cause"])} for group in run.groups(*wanted)
    ]
