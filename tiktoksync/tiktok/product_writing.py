"""TikTok Shop's catalogue, written: products, their state, their prices and their stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import OutcomeUnknown, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.envelope import Envelope
from tiktoksync.tiktok.error_codes import CODES, error_for
from tiktoksync.tiktok.payloads import ItemError, item_error, records, rows, text
from tiktoksync.tiktok.transport import TikTokTransport, checked_id

MAX_SWITCHED = 20
#: The word of a check that failed, and the code it has where it is refused as a whole.
FAILED, CHECK_FAILED = "FAILED", "12052990"


@dataclass(frozen=True, slots=True)
class CreatedSku:
    """One variant of a new or edited product; the order of several is not promised."""

    tiktok_sku_id: str
    seller_sku: str
    external_sku_id: str


@dataclass(frozen=True, slots=True)
class CreatedProduct:
    """``warnings`` are TikTok's remarks about a product that it took all the same."""

    product_id: str
    skus: tuple[CreatedSku, ...] = ()
    warnings: tuple[str, ...] = ()


class ProductWriting(TikTokTransport):
    """Changes products. A change of texts or images of a live product is reviewed first; prices
    and stock are live at once.
    """

    def create_product(self, body: Mapping[str, Any]) -> Answer[CreatedProduct]:
        """Create one product, with exactly one request.

        The body carries an ``idempotency_key`` of the caller's, so that a repeated create is known
        as such. OutcomeUnknown: look for it before trying again. TikTok Shop documentation: Create
        Product.
        """
        return self._saved("/product/202309/products", body)

    def check_listing(self, body: Mapping[str, Any]) -> Answer[None]:
        """Ask whether a product would be taken; nothing is made. Raises what a create would raise.

        TikTok Shop documentation: Check Product Listing.
        """
        path = "/product/202309/products/listing_check"
        answer = self.read("POST", path, dict, None, body)
        _raise_fail_reasons(answer.data, answer.request_id)
        return Answer(None, answer.request_id, answer.elapsed)

    def partial_edit_product(
        self, product_id: str, body: Mapping[str, Any]
    ) -> Answer[CreatedProduct]:
        """Replace the top-level properties that ``body`` names, and leave the others.

        ``skus`` is always the full list: a SKU that is missing from it is deleted. TikTok Shop
        documentation: Partial Edit Product.
        """
        return self._saved(f"/product/202509/products/{checked_id(product_id)}/partial_edit", body)

    def activate_products(self, ids: Sequence[str]) -> Answer[dict[str, SyncError]]:
        """Put up to 20 products on sale; returns the refusals by product id.

        TikTok Shop documentation: Activate Product.
        """
        return self._switch("/product/202309/products/activate", ids)

    def deactivate_products(self, ids: Sequence[str]) -> Answer[dict[str, SyncError]]:
        """Take up to 20 products off sale; returns the refusals by product id.

        TikTok Shop documentation: Deactivate Products.
        """
        return self._switch("/product/202309/products/deactivate", ids)

    def update_prices(self, product_id: str, skus: Sequence[Mapping[str, Any]]) -> Answer[None]:
        """Set prices of a live product: ``{"id", "price": {"amount", "currency"}}`` a SKU.

        Sending it again changes nothing. TikTok Shop documentation: Update Price.
        """
        path = f"/product/202309/products/{checked_id(product_id)}/prices/update"
        return self.write("POST", path, {"skus": list(skus)})[1]

    def update_inventory(
        self, product_id: str, skus: Sequence[Mapping[str, Any]]
    ) -> Answer[dict[str, SyncError]]:
        """Set stock: ``{"id", "inventory": [{"warehouse_id", "quantity"}]}`` a SKU, every warehouse
        of the SKU, absolute numbers. Returns the refusals by SKU id; sending it again changes
        nothing. TikTok Shop documentation: Update Inventory.
        """
        path = f"/product/202309/products/{checked_id(product_id)}/inventory/update"
        envelope, answer = self.write("POST", path, {"skus": list(skus)})
        asked = [text(sku.get("id")) for sku in skus]
        refused = _refusals(envelope, "sku_id", asked)
        return Answer(refused, answer.request_id, answer.elapsed)

    def _saved(self, path: str, body: Mapping[str, Any]) -> Answer[CreatedProduct]:
        envelope, answer = self.write("POST", path, body)
        saved = _saved_product(envelope)
        return Answer(saved, answer.request_id, answer.elapsed, None, saved.warnings)

    def _switch(self, path: str, ids: Sequence[str]) -> Answer[dict[str, SyncError]]:
        if len(ids) > MAX_SWITCHED:
            raise ValueError(f"At most {MAX_SWITCHED} products a call.")
        if not ids:
            return Answer({}, "", 0.0)
        asked = [checked_id(one) for one in ids]
        envelope, answer = self.write("POST", path, {"product_ids": asked})
        refused = _refusals(envelope, "product_id", asked)
        return Answer(refused, answer.request_id, answer.elapsed)


def _saved_product(envelope: Envelope) -> CreatedProduct:
    """The product of an answer. One without an id says neither yes nor no."""
    data = envelope.data
    product_id = text(data.get("product_id"))
    if not product_id:
        raise OutcomeUnknown(
            "TikTok Shop did not say whether the product was saved.",
            detail="an answer without a product id",
            request_id=envelope.request_id,
        )
    remarks = (text(row.get("message")) for row in rows("warnings")(data))
    return CreatedProduct(
        product_id=product_id,
        skus=tuple(records("skus", _saved_sku)(data)),
        warnings=tuple(remark for remark in remarks if remark),
    )


def _saved_sku(row: dict[str, Any]) -> CreatedSku:
    return CreatedSku(*(text(row.get(name)) for name in ("id", "seller_sku", "external_sku_id")))


def _raise_fail_reasons(data: dict[str, Any], request_id: str) -> None:
    """Raise what a check found wrong, where it says so inside a success."""
    for reason in records("fail_reasons", item_error)(data):
        if reason.code in CODES:
            raise error_for(reason.code, reason.message, safe=True, request_id=request_id)
    words = [text(row.get("message")) for row in rows("fail_reasons")(data)]
    if any(words) or text(data.get("check_result")).upper() == FAILED:
        said = "; ".join(word for word in words if word)[:500] or "It gave no reason."
        raise Rejected(
            f"TikTok Shop would not take the product: {said}",
            code=CHECK_FAILED,
            request_id=request_id,
        )


def _refusals(envelope: Envelope, key: str, asked: Sequence[str]) -> dict[str, SyncError]:
    """The errors of a batch by the id they are about. One that names none of them is about all."""
    found: dict[str, SyncError] = {}
    for refused in records("errors", item_error)(envelope.data):
        named = text(refused.detail.get(key))
        for one in [named] if named in asked else asked:
            found.setdefault(one, _refusal(refused, envelope.request_id))
    return found


def _refusal(refused: ItemError, request_id: str) -> SyncError:
    """The most telling error of a refused item: what a warehouse says goes before the sum of it."""
    inner = records("extra_errors", item_error)(refused.detail)
    chosen = next((one for one in inner if one.code not in ("", "0")), refused)
    return error_for(chosen.code, chosen.message, safe=False, request_id=request_id)
