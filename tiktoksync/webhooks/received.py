"""The inbox as a merchant reads it: what came, what became of it, what it was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from orders.models import Order
from orders.templatetags.order_tags import order_address
from products.models import Listing, Product
from tiktoksync.shops.models import Merchant, Platform
from tiktoksync.ui.components import Chip, Tab
from tiktoksync.web_access import read_key
from tiktoksync.webhooks.models import Delivery

PAGE_SIZE = 50
LONGEST = 80
_PRODUCT = "gid://shopify/Product/"
#: Topics in plain words, by the whole topic or by the part before the slash.
_WORDS = {
    "ORDER_STATUS_CHANGE": "An order changed on TikTok",
    "RECIPIENT_ADDRESS_UPDATE": "A delivery address changed on TikTok",
    "PACKAGE_UPDATE": "A parcel changed on TikTok",
    "CANCELLATION_STATUS_CHANGE": "A cancellation changed on TikTok",
    "RETURN_STATUS_CHANGE": "A return changed on TikTok",
    "PRODUCT_STATUS_CHANGE": "A listing's state changed on TikTok",
    "PRODUCT_INFORMATION_CHANGE": "A listing was edited on TikTok",
    "PRODUCT_CREATION": "A listing was made on TikTok",
    "PRODUCT_CATEGORY_CHANGE": "A listing's category changed on TikTok",
    "PRODUCT_AUDIT_STATUS_CHANGE": "A listing's review changed on TikTok",
    "SKU_STATUS_CHANGE": "A SKU's state changed on TikTok",
    "INVENTORY_CHANGE": "Stock changed on TikTok",
    "SELLER_DEAUTHORIZATION": "The seller withdrew access on TikTok",
    "UPCOMING_AUTHORIZATION_EXPIRATION": "Access to TikTok Shop ends soon",
    "app/uninstalled": "The app was uninstalled in Shopify",
    "app/scopes_update": "The app's permissions changed in Shopify",
    "customers/data_request": "A buyer asks what is kept",
    "customers/redact": "A buyer's data is to be erased",
    "shop/redact": "A store's data is to be erased",
    "orders": "An order changed in Shopify",
    "fulfillments": "A shipment changed in Shopify",
    "refunds": "A refund was made in Shopify",
    "products": "A product changed in Shopify",
    "inventory_levels": "Stock changed in Shopify",
    "inventory_items": "A variant's stock item changed in Shopify",
    "locations": "A location changed in Shopify",
    "bulk_operations": "Shopify finished reading the catalogue",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a webhook names, and its page if it is held here."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook as a line."""

    delivery: Delivery
    words: str
    about: About

    @property
    def took(self) -> timedelta | None:
        """How long it waited until it was looked into."""
        if self.delivery.processed_at is None:
            return None
        return max(self.delivery.processed_at - self.delivery.received_at, timedelta())


@dataclass(frozen=True, slots=True)
class Inbox:
    """Some webhooks, the newest first, and the way to others."""

    rows: list[Received]
    tabs: list[Tab]
    chips: list[Chip]
    topics: list[tuple[str, str]]
    newest: str
    older: str

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for some only."""
        return bool(self.chips) or not self.tabs[0].is_current


def topic_words(topic: str) -> str:
    """A topic as a person reads it; topics nobody uses keep their name."""
    return _WORDS.get(topic) or _WORDS.get(topic.partition("/")[0]) or topic


def deliveries_of(merchant: Merchant) -> QuerySet[Delivery]:
    """The webhooks about the accounts of a merchant, without their bodies."""
    mine = Q(shop__merchant=merchant) | Q(store__merchant=merchant)
    return Delivery.objects.filter(mine).select_related("shop", "store").defer("body")


def read_inbox(merchant: Merchant, asked: Mapping[str, str]) -> Inbox:
    """The page that an address asks for; what it asks in error is left out."""
    wanted = _wanted(asked)
    found = deliveries_of(merchant).filter(**wanted)
    if after := read_key(asked.get("after", "")):
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    older = _address({**wanted, "after": str(page[-1].pk)}) if len(rows) > PAGE_SIZE else ""
    return Inbox(
        rows=tell_deliveries(merchant, page),
        tabs=_tabs(wanted),
        chips=_chips(wanted),
        topics=[(topic, topic_words(topic)) for topic in _WORDS if "_" in topic or "/" in topic],
        newest=_address(wanted) if after else "",
        older=older,
    )


def tell_deliveries(merchant: Merchant, rows: Sequence[Delivery]) -> list[Received]:
    """Webhooks with what they are about; the same few queries for any number of them."""
    pages = _pages(merchant, rows)
    return [
        Received(row, topic_words(row.topic), pages.get(_key(row), About(row.resource_id)))
        for row in rows
    ]


def _wanted(asked: Mapping[str, str]) -> dict[str, str]:
    """The narrowing an address asks for, as far as there is such a thing."""
    wanted = {}
    if (outcome := asked.get("outcome", "")) in Delivery.Outcome.values:
        wanted["outcome"] = outcome
    if (source := asked.get("source", "")) in Platform.values:
        wanted["source"] = source
    if topic := asked.get("topic", "").replace("\x00", "")[:LONGEST]:
        wanted["topic"] = topic
    return wanted


def _tabs(wanted: Mapping[str, str]) -> list[Tab]:
    rest = {name: value for name, value in wanted.items() if name != "outcome"}
    chosen = wanted.get("outcome", "")
    return [Tab("All", _address(rest), not chosen)] + [
        Tab(label, _address({**rest, "outcome": key}), key == chosen)
        for key, label in Delivery.Outcome.choices
    ]


def _chips(wanted: Mapping[str, str]) -> list[Chip]:
    said = {"source": "From", "topic": "Event"}
    chips = []
    for name, label in said.items():
        if value := wanted.get(name):
            rest = {key: kept for key, kept in wanted.items() if key != name}
            words = Platform(value).label if name == "source" else topic_words(value)
            chips.append(Chip(label, str(words), _address(rest)))
    return chips


def _address(query: Mapping[str, str]) -> str:
    asked = QueryDict(mutable=True)
    asked.update(dict(query))
    return "?".join(filter(None, [reverse("webhook-inbox"), asked.urlencode()]))


def _key(row: Delivery) -> tuple[str, int | None, str]:
    account = row.shop_id if row.source == Platform.TIKTOK else row.store_id
    return row.source, account, row.resource_id


def _pages(
    merchant: Merchant, rows: Sequence[Delivery]
) -> dict[tuple[str, int | None, str], About]:
    """The pages of what some webhooks name, by platform, account and the platform's own id."""
    ids = {Platform(source): set[str]() for source in Platform.values}
    for row in rows:
        if row.resource_id:
            ids[Platform(row.source)].add(row.resource_id)
    tiktok, shopify = ids[Platform.TIKTOK], ids[Platform.SHOPIFY]
    found: dict[tuple[str, int | None, str], About] = {}
    orders = Order.objects.filter(shop__merchant=merchant).select_related("shop").defer("raw")
    named = Q(tiktok_order_id__in=tiktok) | Q(shopify_legacy_id__in=shopify)
    for order in orders.filter(named):
        about = About(order.shopify_order_name or order.tiktok_order_id, order_address(order))
        found[Platform.TIKTOK.value, order.shop_id, order.tiktok_order_id] = about
        if order.shopify_legacy_id:
            key = Platform.SHOPIFY.value, order.shop.store_id, str(order.shopify_legacy_id)
            found[key] = about
    listings = Listing.objects.filter(shop__merchant=merchant, tiktok_product_id__in=tiktok)
    for listing in listings.select_related("shop"):
        address = reverse("listing-page", args=[listing.shop.shop_id, listing.tiktok_product_id])
        about = About(listing.title or listing.tiktok_product_id, address)
        found[Platform.TIKTOK.value, listing.shop_id, listing.tiktok_product_id] = about
    gids = [f"{_PRODUCT}{number}" for number in shopify]
    products = Product.objects.filter(store__merchant=merchant, shopify_product_id__in=gids)
    for product in products.defer("description_html"):
        number = product.shopify_product_id.rpartition("/")[2]
        about = About(product.title or number, reverse("product-page", args=[number]))
        found.setdefault((Platform.SHOPIFY.value, product.store_id, number), about)
    return found
