"""What TikTok is asked before an upload: the category that fits, and what it asks of products.

The answers are kept in the cursor of the run that asked: each category is asked about once a run,
and never known longer than that, since TikTok changes them often.
"""

from __future__ import annotations

from typing import Any

from products.models import Product, UploadTemplate
from products.upload_facts import CategoryFacts, category_facts, listing_version
from products.upload_text import clean_description, clean_text
from products.upload_words import issue
from tiktoksync.errors import PermanentError
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account
from tiktoksync.tiktok.category_calls import CLOSED, Category

#: Without these TikTok takes no product at all; what else it finds wrong it says when it matters.
NEEDED = {
    "SHOP_STATUS": "the shop is not open",
    "PICKUP_WAREHOUSE": "a pickup warehouse is missing",
    "RETURN_WAREHOUSE": "a return warehouse is missing",
    "DELIVERY_OPTION": "a delivery option is missing",
    "SHIPPING_TEMPLATE": "a shipping template is missing",
    "PRODUCT_QUANTITY_LIMIT": "the shop has as many products as TikTok allows",
}
SALES = "SALES_WAREHOUSE"


class Asked:
    """Questions to TikTok for one step of a run; `known` is the part of the cursor they fill."""

    def __init__(self, shop: TikTokShop, known: dict[str, Any], lease: Lease) -> None:
        self.shop, self.known, self.lease = shop, known, lease
        self.client = tiktok_client(shop)
        self.version = listing_version(shop.region)

    def begin(self, templates: list[UploadTemplate]) -> None:
        """What is asked once: whether the shop may list, its warehouses, the templates' categories.

        TikTok Shop documentation: Check Listing Prerequisites, Get Warehouse List, Get Categories.
        """
        if "shop" in self.known:
            return
        words = self._missing()
        if not self.shop.warehouses:
            self._note_warehouses()
        chosen = {one.category_id: one.category_name for one in templates if one.category_id}
        self.known["leaves"] = self._leaves(chosen) if chosen else {}
        self.known["shop"] = [issue("shop_not_ready", what=", ".join(words))] if words else []

    def _missing(self) -> list[str]:
        """What the shop lacks to list anything; nothing if TikTok refuses to say."""
        try:
            told = self.client.prerequisites().data
        except PermanentError as error:
            if concerns_account(error):
                raise
            return []
        failed = [str(one.get("check_item")) for one in told if one.get("is_failed")]
        return [NEEDED[item] for item in failed if item in NEEDED]

    def category_of(
        self, product: Product, template: UploadTemplate | None, stored: tuple[str, str]
    ) -> CategoryFacts | None:
        """The template's category, else the one found before, else what TikTok recommends.

        `stored` is id and name of the one found before. None if TikTok knows none that fits.
        """
        if template and template.category_id:
            is_open = bool(self.known["leaves"].get(template.category_id, True))
            return self._facts(template.category_id, template.category_name, is_open=is_open)
        if stored[0]:
            return self._facts(*stored, is_open=True)
        found = self._recommended(product)
        if found is None:
            return None
        return self._facts(found.id, " › ".join(found.path), is_open=found.is_available)

    def _recommended(self, product: Product) -> Category | None:
        """TikTok Shop documentation: Recommend Category."""
        title = clean_text(product.title)
        if not title:
            return None
        self.lease.renew()
        try:
            answer = self.client.recommend_category(
                title=title,
                description=clean_description(product.description_html)[0],
                product_type=product.product_type,
                vendor=product.vendor,
                tags=[str(tag) for tag in product.tags],
                category_version=self.version,
            )
        except PermanentError as error:
            if concerns_account(error):
                raise
            return None
        found: Category | None = answer.data
        return found

    def _facts(self, category_id: str, name: str, *, is_open: bool) -> CategoryFacts:
        """What the category asks for; two questions, once a run.

        TikTok Shop documentation: Get Attributes, Get Category Rules.
        """
        told = self.known.setdefault("categories", {})
        if category_id not in told:
            self.lease.renew()
            told[category_id] = self._ask(category_id, name, is_open=is_open).as_json()
        return CategoryFacts.from_json(told[category_id])

    def _ask(self, category_id: str, name: str, *, is_open: bool) -> CategoryFacts:
        if not is_open:
            return CategoryFacts(category_id, name, is_available=False)
        try:
            attributes = self.client.category_attributes(
                category_id, category_version=self.version
            ).data
            rules = self.client.category_rules(category_id, category_version=self.version).data
        except PermanentError as error:
            if concerns_account(error):
                raise
            return CategoryFacts(category_id, name, is_available=False)
        return category_facts(
            category_id, name, is_available=True, attributes=attributes, rules=rules
        )

    def _leaves(self, wanted: dict[str, str]) -> dict[str, bool]:
        """Which of these categories the shop may list in; what is no leaf it may not."""
        found = dict.fromkeys(wanted, False)
        for row in self.client.categories(category_version=self.version).data:
            if (key := str(row.get("id"))) in found:
                is_closed = CLOSED & set(row.get("permission_statuses") or ())
                found[key] = bool(row.get("is_leaf", True)) and not is_closed
        return found

    def _note_warehouses(self) -> None:
        rows = self.client.warehouses().data
        self.shop.warehouses = [
            {
                "id": str(row.get("id")),
                "name": str(row.get("name") or ""),
                "is_default": bool(row.get("is_default")),
            }
            for row in rows
            if row.get("type", SALES) == SALES and row.get("effect_status", "ENABLED") == "ENABLED"
        ]
        TikTokShop.objects.filter(pk=self.shop.pk).update(warehouses=self.shop.warehouses)
