"""Bulk operations: Shopify works through a whole catalogue by itself and leaves a file.

The file holds one object a line, children apart from their parent with ``__parentId``; it is read
with ``tiktoksync.lib.download``, without a token.
"""

from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import Gone
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import incomplete, text
from tiktoksync.shopify.tally import carry
from tiktoksync.shopify.transport import ShopifyTransport, load_document

#: Documents for ``start_bulk_query``.
BULK_PRODUCTS = "bulk_products"
BULK_INVENTORY = "bulk_inventory"
OVER = frozenset({"COMPLETED", "CANCELED", "FAILED", "EXPIRED"})


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """``url`` is the file of a completed operation, good for seven days, and empty when nothing was
    found. ``partial_url`` is what a failed one had so far. ``error_code`` is empty, or
    ACCESS_DENIED, INTERNAL_SERVER_ERROR or TIMEOUT.
    """

    id: str
    status: str
    url: str = ""
    object_count: int = 0
    error_code: str = ""
    partial_url: str = ""
    file_size: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it, good or bad."""
        return self.status in OVER


class BulkCalls(ShopifyTransport):
    """Starts, watches and ends bulk queries."""

    def start_bulk_query(self, document: str) -> Answer[BulkOperation]:
        """Begin a bulk query: the name of a stored document, or the text of one.

        Five run at once for an app in a store; one more raises CallLimited, code
        OPERATION_IN_PROGRESS. Shopify documentation: bulkOperationRunQuery.
        """
        query = document if "{" in document else load_document(document)
        answer = self.execute("start_bulk_query", {"query": query}, safe=False)
        return _operation(answer, "bulkOperationRunQuery")

    def bulk_operation(self, gid: str) -> Answer[BulkOperation]:
        """How far it is. Raises Gone when Shopify does not know it any more.

        Shopify documentation: bulkOperation.
        """
        answer = self.execute("bulk_operation", {"id": gid}, safe=True)
        if "bulkOperation" not in answer.data:
            raise incomplete("bulkOperation", answer.request_id, safe=True)
        row = answer.data["bulkOperation"]
        if not isinstance(row, dict):
            raise Gone("Shopify no longer knows the reading.", request_id=answer.request_id)
        return carry(answer, _bulk_operation(row))

    def cancel_bulk_operation(self, gid: str) -> Answer[BulkOperation]:
        """Ask to end it; it goes on for a moment. Shopify documentation: bulkOperationCancel."""
        answer = self.execute("cancel_bulk_operation", {"id": gid}, safe=False)
        return _operation(answer, "bulkOperationCancel")


def gid_type(gid: str) -> str:
    """What an id is of: ``ProductVariant`` for ``gid://shopify/ProductVariant/1``; "" for no id."""
    parts = gid.split("/")
    return parts[3] if len(parts) > 4 and parts[0] == "gid:" else ""


def _operation(answer: Answer[dict[str, Any]], mutation: str) -> Answer[BulkOperation]:
    payload = answer.data.get(mutation)
    if not isinstance(payload, dict):
        raise incomplete(mutation, answer.request_id, safe=False)
    raise_user_errors(payload, request_id=answer.request_id)
    row = payload.get("bulkOperation")
    if not isinstance(row, dict) or not row.get("id"):
        raise incomplete(mutation, answer.request_id, safe=False)
    return carry(answer, _bulk_operation(row))


def _bulk_operation(row: dict[str, Any]) -> BulkOperation:
    return BulkOperation(
        id=text(row.get("id")),
        status=text(row.get("status")),
        url=text(row.get("url")),
        object_count=_number(row.get("objectCount")),
        error_code=text(row.get("errorCode")),
        partial_url=text(row.get("partialDataUrl")),
        file_size=_number(row.get("fileSize")),
    )


def _number(value: Any) -> int:
    """Shopify writes these numbers as text."""
    digits = text(value)
    return int(digits) if digits.isascii() and digits.isdigit() else 0
