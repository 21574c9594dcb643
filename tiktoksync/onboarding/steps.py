"""The steps from an empty account to a live shop: what each is for, and what it asks of a person.

Words alone. How far a merchant is stands in `services/progress.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `route` names its page, `help` is read where somebody asks for more."""

    key: str
    route: str
    title: str
    why: str
    minutes: int
    who: str
    help: tuple[str, ...]
    may_skip: bool = False


_OWNER = "You, as the owner here"

STEPS: tuple[Step, ...] = (
    Step(
        "shopify",
        "welcome-shopify",
        "Connect Shopify",
        "Orders are created in your store, and your stock and tracking numbers are read from it.",
        2,
        "Somebody who may install apps in your Shopify store",
        (
            "You give the address of your store and Shopify asks whether TikTokSync may be "
            "installed. Shopify lists exactly what it may read and write.",
            "The address is the one that ends in .myshopify.com. You find it in Shopify's admin "
            "under Settings, Domains, even if your shop window has another name.",
            "Nothing is changed in your store by connecting it.",
        ),
    ),
    Step(
        "tiktok",
        "welcome-tiktok",
        "Connect TikTok Shop",
        "TikTok tells of each paid order, and takes the tracking numbers back.",
        3,
        "The main account of your TikTok Shop",
        (
            "Choose the region of the shop first: shops in the United States are authorized "
            "through another app than shops elsewhere.",
            "Log in with the shop's main account. Sub-accounts cannot authorize an app, and "
            "TikTok refuses them with a message that does not say so.",
            "If one login has several shops, you choose one of them when you come back. The others "
            "can be added later.",
            "Orders are read from this moment on, and none is created in Shopify before you go "
            "live.",
        ),
    ),
    Step(
        "preflight",
        "welcome-preflight",
        "Pre-flight",
        "Whatever would stop the first order is found now, while nobody waits for a parcel.",
        2,
        _OWNER,
        (
            "Red is in the way: orders would be blocked, or not arrive at all. Amber works, but "
            "look at it. Green needs nothing.",
            "Each row says what to do. When you have done it, check again: the rows are asked "
            "anew on both platforms.",
        ),
    ),
    Step(
        "places",
        "welcome-places",
        "Locations and carriers",
        "Stock is counted at the right places, and tracking numbers carry a carrier TikTok knows.",
        3,
        _OWNER,
        (
            "TikTok shows what can be sold at the locations you tick here, all of them together. "
            "With none ticked, every active location counts.",
            "Carriers are matched by their names with those that TikTok takes in your country: "
            "UPS is UPS on both sides. Where the names are not quite the same the line says that "
            "it is a guess. A name that TikTok writes otherwise gets a line of its own here, or "
            "later in the settings.",
        ),
    ),
    Step(
        "products",
        "welcome-products",
        "Link products",
        "An order can only be created when it is known which of your variants was sold.",
        5,
        _OWNER,
        (
            "Products are linked by equal SKU: upper and lower case and spaces around it do not "
            "matter. A blank SKU, or one that stands twice, is never guessed.",
            "Nothing is linked before you say so. What stays open can be linked later on the "
            "Products page, or from the order that needs it.",
            "An order with an item that is not linked waits, names the SKU, and goes on by itself "
            "once it is linked.",
        ),
        may_skip=True,
    ),
    Step(
        "rules",
        "welcome-rules",
        "Order rules",
        "You decide how a TikTok order looks in Shopify, and see it on one of your own orders.",
        3,
        _OWNER,
        (
            "A preset is a set of settings, listed in full below it. Choosing one changes these "
            "settings and no other; each can be changed by itself under Settings afterwards.",
            "The preview is worked out here, from an order that TikTok has told of. Nothing is "
            "sent anywhere.",
        ),
    ),
    Step(
        "backfill",
        "welcome-backfill",
        "Orders from before",
        "Orders that were placed before you connected are taken in only if you ask for them.",
        4,
        _OWNER,
        (
            "The preview looks at the days you choose and at your store: how many orders TikTok "
            "has, how many are in Shopify already, how many are missing.",
            "Only the missing ones are taken in. Orders that have begun to ship, or that another "
            "app has created in Shopify, are left alone.",
        ),
        may_skip=True,
    ),
    Step(
        "rehearsal",
        "rehearsal",
        "Rehearsal",
        "A made-up order walks the whole path with your settings, so that the first real one "
        "holds no surprise.",
        1,
        _OWNER,
        (
            "The order exists on this page alone: neither TikTok nor Shopify hears of it, and no "
            "stock moves.",
            "It uses your rules, your links and your carriers as they are now. Change one and "
            "rehearse again.",
        ),
        may_skip=True,
    ),
    Step(
        "live",
        "welcome-live",
        "Go live",
        "From here on, orders that TikTok releases are created in Shopify by themselves.",
        1,
        _OWNER,
        (
            "The pre-flight has to have been run. What it finds red keeps the shop from going live "
            "until a new check is not red; amber is told here and keeps nothing.",
            "A dry run lasts up to 24 hours and creates nothing. For each order that TikTok "
            "releases meanwhile you see what would have become of it.",
            "A dry run never goes live by itself: when it is over it waits for you.",
            "Orders that were released before you go live wait here, and are created then.",
        ),
    ),
)
BY_KEY = {step.key: step for step in STEPS}


def number_of(step: Step) -> int:
    """Its place among the steps, counted from one."""
    return STEPS.index(step) + 1


def before(step: Step) -> Step | None:
    """The step that comes before it."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None


def after(step: Step) -> Step | None:
    """The step that comes after it."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None
