"""Every route of the pages, found in the address table itself, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {"login"}
# Open to everybody who is signed in, with or without a merchant.
PERSONAL = {"logout", "choose-merchant"}
OF_RUNS = {"run", "run-items", "run-download", "run-start", "run-cancel", "run-retry"}


def walk(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """The patterns under the pages' address table."""
    for entry in (resolver or get_resolver("tiktoksync.web_urls")).url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry)
        else:
            yield entry


def arguments(pattern: URLPattern, known: dict[str, Any]) -> dict[str, Any]:
    """Anna's value for each part of an address."""
    if pattern.name in OF_RUNS:  # a backfill has pages of its own
        known = known | {"run_id": known["product_run_id"]}
    return {name: known[name] for name in pattern.pattern.converters}


def addresses(known: dict[str, Any]) -> dict[str, str]:
    """Every route's address with Anna's objects in it, by the route's name."""
    return {
        str(pattern.name): reverse(str(pattern.name), kwargs=arguments(pattern, known))
        for pattern in walk()
    }


ACTIONS = {
    "backfill-begin",
    "backfill-cancel",
    "backfill-retry",
    "backfill-start",
    "order-cancel-accept",
    "order-cancel-decline",
    "order-cancel-on-tiktok",
    "order-leave-on-tiktok",
    "order-dismiss",
    "order-label",
    "order-pull",
    "order-release",
    "order-retry",
    "orders-pull",
    "listing-act",
    "listing-lock",
    "product-act",
    "product-link-make",
    "product-link-remove",
    "products-act",
    "products-link-equal",
    "products-refresh",
    "run-cancel",
    "run-retry",
    "run-start",
    "settings-carrier",
    "settings-merchant",
    "settings-products",
    "settings-rules",
    "settings-token-create",
    "settings-token-revoke",
    "upload-template-delete",
    "upload-template-save",
}
NAMES = sorted(str(pattern.name) for pattern in walk())
# Files to keep, not pages to look at.
DOWNLOADS = {"run-download"}
PAGES = sorted(set(NAMES) - ACTIONS - PUBLIC - PERSONAL - DOWNLOADS)
# Actions on whatever merchant the person belongs to: a stranger does them to their own.
OF_EVERYBODY = {
    "backfill-begin",
    "orders-pull",
    "products-act",
    "products-link-equal",
    "products-refresh",
    "settings-merchant",
    "settings-token-create",
}
# Pages about one thing of Anna's: for a stranger it does not exist.
OF_ONE_THING = {"backfill-run", "order", "order-refresh", "order-link", "product-link"} | {
    *("listing-page", "product-page", "product-unlink", "run", "run-items"),
    *("settings-products-example", "upload-template", "upload-template-add"),
}
