"""Reads products whole, in pages small enough for Shopify's limit of 1,000 points.

Most products have few variants: the first look takes eight products with room for ten variants
each. Whatever did not fit is read again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tiktoksync.errors import Gone
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads, search
from tiktoksync.shopify.catalogue_calls import VariantsPage
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.store_calls import PRODUCT_ID_KEY, PRODUCT_ID_NAMESPACE
from tiktoksync.shopify.tally import Tally, carry
from tiktoksync.shopify.transport import ShopifyTransport

MAX_PRODUCTS = 25
PRODUCTS_A_CALL = 8
FIRST_LOOK = {"variants": 10, "media": 12}
#: One product by itself has more room.
SINGLE_LOOK = {"variants": 50, "media": 12}
VARIANTS_A_CALL = 100
#: How far a product's variants are followed at once: beyond what any TikTok product has.
MORE_VARIANT_PAGES = 3
EXACT = "EXACT"


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """How much a store sells. Shopify counts to 10,000: beyond, ``is_exact`` is False and a number
    of 10,000 means "at least".
    """

    products: int
    variants: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class ProductsPage:
    """``next_cursor`` is empty on the last page.

    Each product is Shopify's node with ``variants`` and ``media`` as plain lists.
    ``more_variants_after`` is the cursor for ``product_variants`` where a product has more variants
    than were read (some 300), and empty otherwise.
    """

    products: tuple[dict[str, Any], ...]
    next_cursor: str


class ProductReading(ShopifyTransport):
    """Products, variants, pictures."""

    def count_products(self) -> Answer[ProductCounts]:
        """Shopify documentation: productsCount, productVariantsCount."""
        answer = self.execute("count_products", {}, safe=True)
        rows = [answer.data.get(name) for name in ("productsCount", "productVariantsCount")]
        if not all(isinstance(row, dict) for row in rows):
            raise incomplete("counts", answer.request_id, safe=True)
        products, variants = (int(row["count"]) for row in rows if row)
        is_exact = all(row["precision"] == EXACT for row in rows if row)
        return carry(answer, ProductCounts(products, variants, is_exact))

    def products_page(
        self, *, updated_since: datetime | None = None, after: str = ""
    ) -> Answer[ProductsPage]:
        """A page of eight products: the oldest change first if ``updated_since`` is given, by id
        otherwise. A search term that Shopify ignores only makes the page longer, so it is a warning
        here. Shopify documentation: products.
        """
        terms = search.since("updated_at", updated_since) if updated_since else None
        sort = "UPDATED_AT" if updated_since else "ID"
        return self._products(terms, sort, after, strict=False)

    def find_products(self, *, title: str = "") -> Answer[list[dict[str, Any]]]:
        """The first eight products whose title holds words that begin so, by title; any without.

        The index of this search lags behind writes. Shopify documentation: products.
        """
        terms = search.words("title", title) or None
        answer = self._products(terms, "TITLE", "", strict=True)
        return carry(answer, list(answer.data.products))

    def read_products(self, gids: Sequence[str]) -> Answer[dict[str, dict[str, Any] | None]]:
        """Up to 25 products by id; None stands for one that is gone.

        Shopify documentation: nodes, Product.
        """
        if len(gids) > MAX_PRODUCTS:
            raise ValueError(f"At most {MAX_PRODUCTS} products a call.")
        wanted = list(dict.fromkeys(gids))
        tally, found = Tally(), dict[str, dict[str, Any] | None].fromkeys(wanted)
        for start in range(0, len(wanted), PRODUCTS_A_CALL):
            ids = wanted[start : start + PRODUCTS_A_CALL]
            answer = self.execute("read_products", {"ids": ids, **FIRST_LOOK}, safe=True)
            tally.add(answer)
            nodes = answer.data.get("nodes")
            if not isinstance(nodes, list) or len(nodes) != len(ids):
                raise incomplete("nodes", answer.request_id, safe=True)
            known = zip(ids, nodes, strict=True)
            found |= {gid: self._whole(node, tally) for gid, node in known if node}
        return tally.answer(found)

    def product_variants(self, product_gid: str, after: str = "") -> Answer[VariantsPage]:
        """A page of 100 variants of one product; raises Gone when the product is.

        Shopify documentation: Product.variants.
        """
        variables = {"id": product_gid, "first": VARIANTS_A_CALL, "after": after or None}
        answer = self.execute("product_variants", variables, safe=True)
        product = answer.data.get("product")
        if "product" in answer.data and product is None:
            raise Gone("The product is no longer in Shopify.", request_id=answer.request_id)
        if not isinstance(product, dict) or not isinstance(product.get("variants"), dict):
            raise incomplete("variants", answer.request_id, safe=True)
        page = payloads.page(product["variants"], after)
        variants = tuple(_flat_variant(row) for row in page.nodes)
        return carry(answer, VariantsPage(variants, page.cursor))

    def product_by_custom_id(
        self, value: str, *, namespace: str = PRODUCT_ID_NAMESPACE, key: str = PRODUCT_ID_KEY
    ) -> Answer[dict[str, Any] | None]:
        """The product made for a TikTok product, by the app's own id; None when there is none.

        A strong look-up that sees a write at once. Raises ConfigError when the metafield definition
        is missing, as nothing is known then. Shopify documentation: productByIdentifier.
        """
        custom = {"namespace": namespace, "key": key, "value": value}
        variables = {"identifier": {"customId": custom}, **SINGLE_LOOK}
        answer = self.execute("product_by_custom_id", variables, safe=True)
        if "productByIdentifier" not in answer.data:
            raise incomplete("productByIdentifier", answer.request_id, safe=True)
        tally, node = Tally(), answer.data["productByIdentifier"]
        tally.add(answer)
        return tally.answer(self._whole(node, tally) if node else None)

    def _products(
        self, terms: str | None, sort: str, after: str, *, strict: bool
    ) -> Answer[ProductsPage]:
        variables = {
            "first": PRODUCTS_A_CALL,
            "after": after or None,
            "search": terms,
            "sort": sort,
            **FIRST_LOOK,
        }
        answer = self.execute("products_page", variables, safe=True, strict_search=strict)
        if not isinstance(answer.data.get("products"), dict):
            raise incomplete("products", answer.request_id, safe=True)
        tally = Tally()
        tally.add(answer)
        page = payloads.page(answer.data["products"], after)
        whole = [self._whole(node, tally) for node in page.nodes]
        products = tuple(product for product in whole if product)
        return tally.answer(ProductsPage(products, page.cursor))

    def _whole(self, node: dict[str, Any], tally: Tally) -> dict[str, Any] | None:
        """A product with the variants that did not fit; None if it went away in between."""
        product = flat_product(node, tally.request_id)
        for _ in range(MORE_VARIANT_PAGES):
            cursor = product["more_variants_after"]
            if not cursor:
                break
            try:
                more = self.product_variants(product["id"], cursor)
            except Gone:
                return None
            tally.add(more)
            product["variants"] += more.data.variants
            product["more_variants_after"] = more.data.next_cursor
        return product


def flat_product(node: dict[str, Any], request_id: str, *, safe: bool = True) -> dict[str, Any]:
    """Shopify's node with plain lists. Missing variants were denied: that is not the same as none;
    they raise the error of an incomplete answer.
    """
    if not node.get("id") or not isinstance(node.get("variants"), dict):
        raise incomplete("variants of a product", request_id, safe=safe)
    variants = payloads.page(node["variants"])
    return {
        **node,
        "variants": [_flat_variant(row) for row in variants.nodes],
        "media": payloads.page(node.get("media")).nodes,
        "more_variants_after": variants.cursor,
    }


def _flat_variant(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "media": payloads.page(row.get("media")).nodes}
