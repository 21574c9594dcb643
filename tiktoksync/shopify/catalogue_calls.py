"""Shopify's catalogue, page by page."""

from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import carry
from tiktoksync.shopify.transport import ShopifyTransport

VARIANTS_A_CALL = 100


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
