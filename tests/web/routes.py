"""Every route of the pages, found in the address table itself, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {"login", "help-errors"}
# Open to everybody who is signed in, with or without a merchant.
PERSONAL = {"logout", "choose-merchant", "view-as-end"}
# About a person, not about a merchant: tests/people walks them.
OF_PEOPLE = {"merchant-new", "join", "join-accept"}
# Where the platforms send people, and what only who agreed there may do: tests/flows/test_setup.
COMING_BACK = {"connect-shopify-callback", "connect-shopify-install", "connect-tiktok-callback"} | {
    *("connect-choose", "connect-take"),
}
OF_RUNS = {"run", "run-items", "run-download", "run-start", "run-cancel", "run-retry"}


def walk(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """The patterns under the pages' address table."""
    for entry in (resolver or get_resolver("tiktoksync.web_urls")).url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry)
        elif entry.name not in OF_PEOPLE | COMING_BACK:
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


# What an owner does while setting up: on whichever shop of theirs is being set up.
OF_SETUP = {
    *("welcome-fold", "welcome-done", "welcome-check", "welcome-places-save"),
    *("welcome-links-preview", "welcome-links-start", "welcome-rules-choose"),
    *("welcome-backfill-begin", "rehearsal-run", "rehearsal-order"),
    *("dry-run-begin", "dry-run-end", "go-live"),
}
# A member's own affair: viewers do it too.
OF_MEMBERS = {"orders-layout", "orders-view-save", "orders-view-rename", "orders-view-delete"}
ACTIONS = {
    *OF_MEMBERS,
    *("notifications-seen", "settings-notifications-save", "settings-notifications-test"),
    *OF_SETUP,
    "activity-retry",
    *("connect-shopify-begin", "connect-tiktok-begin", "connect-preflight-run"),
    *("connect-test", "connect-pause", "connect-resume", "connect-disconnect-now"),
    *("privacy-retention", "privacy-export", "privacy-fetch"),
    *("privacy-erase", "privacy-call-off"),
    "backfill-begin",
    "backfill-cancel",
    "backfill-retry",
    "backfill-start",
    "order-cancel-accept",
    "order-cancel-decline",
    "order-cancel-on-tiktok",
    "order-comment",
    "order-keep-back",
    "order-resend",
    "order-retry-alike",
    "order-tag",
    "order-untag",
    "order-leave-on-tiktok",
    "order-dismiss",
    "order-label",
    "order-pull",
    "order-release",
    "order-retry",
    "orders-bulk",
    "orders-bulk-check",
    "orders-bulk-undo",
    "orders-pull",
    "listing-act",
    "listing-lock",
    "product-act",
    "products-links-check",
    "products-links-take",
    "product-link-make",
    "product-link-remove",
    "products-act",
    "products-link-equal",
    "products-refresh",
    "run-cancel",
    "run-retry",
    "run-start",
    "settings-cancel-reasons",
    "settings-carrier",
    "settings-merchant",
    "settings-products",
    "settings-products-reset",
    "settings-reset",
    "settings-rules",
    "settings-token-create",
    "settings-token-revoke",
    "team-invite",
    "team-remove",
    "team-role",
    "team-send-again",
    "team-take-back",
    "upload-template-delete",
    "upload-template-save",
}
NAMES = sorted(str(pattern.name) for pattern in walk())
# Files to keep, not pages to look at.
DOWNLOADS = {"order-bundle", "orders-export", "products-links-download", "run-download"} | {
    "picture",  # tests/pictures
}
# For those who build pages: not there unless DEBUG is on (tests/ui).
OF_BUILDERS = {"styleguide"}
PAGES = sorted(set(NAMES) - ACTIONS - PUBLIC - PERSONAL - DOWNLOADS - OF_BUILDERS)
# Actions on whatever merchant the person belongs to: a stranger does them to their own.
OF_EVERYBODY = {
    *("notifications-seen", "settings-notifications-save", "settings-notifications-test"),
    *OF_SETUP,
    *("privacy-export", "privacy-erase", "privacy-call-off"),
    *("activity-retry", "backfill-begin"),
    *("orders-bulk", "orders-bulk-check", "orders-bulk-undo", "orders-layout", "orders-view-save"),
    "orders-pull",
    "products-act",
    "products-link-equal",
    "products-refresh",
    "settings-merchant",
    "settings-token-create",
    "team-invite",
}
# What is sent is not what they take, or no app is set up: nothing comes of it.
MISFITS = {"products-links-check": 422, "products-links-take": 422, "privacy-retention": 422} | {
    **dict.fromkeys(("connect-shopify-begin", "connect-tiktok-begin"), 503),
}
# Pages about one thing of Anna's: for a stranger it does not exist.
OF_ONE_THING = {"backfill-run", "order", "order-refresh", "order-link", "product-link"} | {
    *("order-peek", "connect-preflight", "connect-disconnect", "webhook"),
    *("listing-page", "product-page", "product-unlink", "run", "run-items"),
    *("settings-products-example", "settings-effect", "upload-template", "upload-template-add"),
}
