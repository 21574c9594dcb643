"""Shopify's variants: all of them page by page, or those that look like a SKU or a barcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads, search
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import Tally, carry
from tiktoksync.shopify.transport import ShopifyTransport

VARIANTS_A_CALL = 100
MAX_WANTED = 25
MATCHES_A_PAGE = 100
MATCH_PAGES = 20
_PLURAL = {"sku": "SKUs", "barcode": "barcodes"}


@dataclass(frozen=True, slots=True)
class VariantsPage:
    """``next_cursor`` is empty on the last page."""

    variants: tuple[dict[str, Any], ...]
    next_cursor: str


class CatalogueCalls(ShopifyTransport):
    """Reads variants."""

    def variants_page(self, after: str = "") -> Answer[VariantsPage]:
        """A page of all variants of the store. Shopify documentation: productVariants."""
        variables = {"first": VARIANTS_A_CALL, "after": after or None}
        answer = self.execute("variants_page", variables, safe=True)
        if not isinstance(answer.data.get("productVariants"), dict):
            raise incomplete("productVariants", answer.request_id, safe=True)
        page = payloads.page(answer.data["productVariants"], after)
        return carry(answer, VariantsPage(tuple(page.nodes), page.cursor))

    def find_variants(self, skus: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Variants whose SKU looks like one of up to 25. The search splits words and ignores case,
        so the caller compares ``sku`` exactly.
        """
        return self._look_alikes("find_variants", "sku", skus)

    def find_variants_by_barcode(self, barcodes: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Variants whose barcode looks like one of up to 25; the caller compares ``barcode``.

        Shopify documentation: productVariants.
        """
        return self._look_alikes("find_variants_by_barcode", "barcode", barcodes)

    def find_titles(self, title: str) -> Answer[list[dict[str, Any]]]:
        """Products (``id``, ``title``) that hold a title's words in its order; the caller compares.

        Up to 2,000 of them. Shopify documentation: products.
        """
        wanted = search.term("title", title) if title.strip() else ""
        return self._matches("find_titles", "products", wanted)

    def _look_alikes(
        self, document: str, field: str, values: Sequence[str]
    ) -> Answer[list[dict[str, Any]]]:
        wanted = [value for value in dict.fromkeys(values) if value.strip()]
        if len(wanted) > MAX_WANTED:
            raise ValueError(f"At most {MAX_WANTED} {_PLURAL[field]} a call.")
        return self._matches(document, "productVariants", search.any_of(field, wanted))

    def _matches(self, document: str, root: str, terms: str) -> Answer[list[dict[str, Any]]]:
        """All rows that a search gives, no terms none; a warning says where it was cut off."""
        tally, found, cursor = Tally(), list[dict[str, Any]](), ""
        for _ in range(MATCH_PAGES if terms else 0):
            variables = {"search": terms, "first": MATCHES_A_PAGE, "after": cursor or None}
            answer = self.execute(document, variables, safe=True, strict_search=True)
            tally.add(answer)
            if not isinstance(answer.data.get(root), dict):
                raise incomplete(root, answer.request_id, safe=True)
            page = payloads.page(answer.data[root], cursor)
            found += page.nodes
            cursor = page.cursor
            if not cursor:
                break
        if cursor:
            tally.warnings.append("more look like these than are read")
        return tally.answer(found)
