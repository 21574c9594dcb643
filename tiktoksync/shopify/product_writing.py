"""Writes products: one call makes or replaces a product, known by the app's own id."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.product_reading import FIRST_LOOK, VARIANTS_A_CALL, flat_product
from tiktoksync.shopify.store_calls import PRODUCT_ID_KEY, PRODUCT_ID_NAMESPACE
from tiktoksync.shopify.tally import carry
from tiktoksync.shopify.transport import ShopifyTransport


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """``product`` is as ``ProductsPage`` describes; of more than 100 variants the first 100."""

    product: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.product["id"])


class ProductWriting(ShopifyTransport):
    """Makes products."""

    def set_product(
        self,
        input: Mapping[str, Any],
        *,
        custom_id: str,
        namespace: str = PRODUCT_ID_NAMESPACE,
        key: str = PRODUCT_ID_KEY,
    ) -> Answer[SavedProduct]:
        """Make the product with this id, or replace what ``input`` names of it, with one request.

        List fields of ``input`` replace: what is missing from them is deleted. OutcomeUnknown:
        ``product_by_custom_id`` tells what came of it. Raises ConfigError when the metafield
        definition is missing. Shopify documentation: productSet.
        """
        custom = {"namespace": namespace, "key": key, "value": custom_id}
        variables = {
            "identifier": {"customId": custom},
            "input": _with_custom_id(input, custom),
            **_room(input),
        }
        answer = self.execute("set_product", variables, safe=False)
        payload = answer.data.get("productSet")
        if not isinstance(payload, dict):
            raise incomplete("productSet", answer.request_id, safe=False)
        raise_user_errors(payload, request_id=answer.request_id)
        product = payload.get("product")
        if not isinstance(product, dict):
            raise incomplete("productSet without a product", answer.request_id, safe=False)
        return carry(answer, SavedProduct(flat_product(product, answer.request_id, safe=False)))


def _with_custom_id(given: Mapping[str, Any], custom: Mapping[str, str]) -> dict[str, Any]:
    """Metafields that are sent have to hold the id too; none are sent of our own accord, as they
    would replace the product's others.
    """
    fields = dict(given)
    metafields = list(fields.get("metafields") or ())
    named = [(row.get("namespace", custom["namespace"]), row["key"]) for row in metafields]
    if "metafields" in fields and (custom["namespace"], custom["key"]) not in named:
        fields["metafields"] = [*metafields, {**custom, "type": "id"}]
    return fields


def _room(given: Mapping[str, Any]) -> dict[str, int]:
    """How many variants and pictures to ask back: Shopify reserves points for each of them."""
    variants = len(given.get("variants") or ())
    return {**FIRST_LOOK, "variants": min(max(variants, 1), VARIANTS_A_CALL)}
