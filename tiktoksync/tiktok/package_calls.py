"""TikTok Shop's parcels: shipping, correcting, splitting and reading them, and their labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import ItemError, ShippedPackage, item_error, records, rows, text
from tiktoksync.tiktok.transport import TikTokTransport, checked_id

MAX_SHIPPED_PACKAGES = 50
MAX_SPLIT_QUESTIONS = 50
LABEL = "SHIPPING_LABEL"


@dataclass(frozen=True, slots=True)
class PackagePage:
    """Packages as TikTok's search sends them; ``next_page_token`` is empty at the end."""

    rows: list[dict[str, Any]]
    next_page_token: str


class PackageCalls(TikTokTransport):
    """Packages of the shop's orders."""

    def get_package(self, package_id: str) -> Answer[dict[str, Any]]:
        """One package with its orders and units. TikTok Shop documentation: Get Package Detail."""
        path = f"/fulfillment/202309/packages/{checked_id(package_id)}"
        return self.read("GET", path, dict)

    def search_packages(self, *, page_token: str = "", page_size: int = 50) -> Answer[PackagePage]:
        """A page of the shop's packages, the newest change first.

        TikTok Shop documentation: Search Package.
        """
        query = {
            "page_size": str(page_size),
            "page_token": page_token,
            "sort_field": "update_time",
            "sort_order": "DESC",
        }
        return self.read("POST", "/fulfillment/202309/packages/search", _package_page, query)

    def shipping_document(self, package_id: str) -> Answer[str]:
        """The public address of a parcel's label, good for 24 hours; "" while there is none.

        For parcels that TikTok ships, once they are arranged. TikTok Shop documentation: Get
        Package Shipping Document.
        """
        path = f"/fulfillment/202309/packages/{checked_id(package_id)}/shipping_documents"
        query = {"document_type": LABEL}
        return self.read("GET", path, lambda data: text(data.get("doc_url")), query)

    def mark_shipped(
        self,
        order_id: str,
        line_item_ids: Iterable[str],
        *,
        shipping_provider_id: str,
        tracking_number: str,
    ) -> Answer[ShippedPackage]:
        """Give tracking to some lines of an order. A write without any idempotency key.

        For the regions of ``enums.MARK_SHIPPED_REGIONS``. TikTok Shop documentation: Mark Package
        As Shipped.
        """
        body = {
            "order_line_item_ids": [str(line_id) for line_id in line_item_ids],
            "shipping_provider_id": shipping_provider_id,
            "tracking_number": tracking_number,
        }
        path = f"/fulfillment/202309/orders/{checked_id(order_id)}/packages"
        envelope, answer = self.write("POST", path, body)
        warning = envelope.data.get("warning")
        remark = text(warning.get("message")) if isinstance(warning, dict) else ""
        shipped = ShippedPackage(text(envelope.data.get("package_id")), remark)
        return Answer(shipped, answer.request_id, answer.elapsed, None, _warnings(remark))

    def ship_package(
        self, package_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        """Ship an existing package by the seller's own carrier. Documentation: Ship Package."""
        shipment = _shipment(tracking_number, shipping_provider_id)
        path = f"/fulfillment/202309/packages/{checked_id(package_id)}/ship"
        return self.write("POST", path, {"self_shipment": shipment})[1]

    def ship_packages(
        self, package_ids: Sequence[str], *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[list[ItemError]]:
        """Ship several packages under one number; returns what was refused, package by package.

        TikTok Shop documentation: Batch Ship Packages.
        """
        if len(package_ids) > MAX_SHIPPED_PACKAGES:
            raise ValueError(f"At most {MAX_SHIPPED_PACKAGES} packages a call.")
        shipment = _shipment(tracking_number, shipping_provider_id)
        listed = [{"id": checked_id(one), "self_shipment": shipment} for one in package_ids]
        path = "/fulfillment/202309/packages/ship"
        envelope, answer = self.write("POST", path, {"packages": listed})
        refused = records("errors", item_error)(envelope.data)
        return Answer(refused, answer.request_id, answer.elapsed)

    def update_shipping_info(
        self, order_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        """Correct the tracking of a shipped order: once, within 72 hours.

        TikTok Shop documentation: Update Shipping Info.
        """
        path = f"/fulfillment/202309/orders/{checked_id(order_id)}/shipping_info/update"
        return self.write("POST", path, _shipment(tracking_number, shipping_provider_id))[1]

    def update_package_shipping_info(
        self, package_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        """Correct the tracking of one package. Documentation: Update Package Shipping Info."""
        path = f"/fulfillment/202309/packages/{checked_id(package_id)}/shipping_info/update"
        return self.write("POST", path, _shipment(tracking_number, shipping_provider_id))[1]

    def split_attributes(self, order_ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Whether orders may be split (``can_split``, ``reason``), order by order.

        TikTok Shop documentation: Get Order Split Attributes.
        """
        if len(order_ids) > MAX_SPLIT_QUESTIONS:
            raise ValueError(f"At most {MAX_SPLIT_QUESTIONS} orders a call.")
        query = {"order_ids": ",".join(checked_id(order_id) for order_id in order_ids)}
        path = "/fulfillment/202309/orders/split_attributes"
        return self.read("GET", path, rows("split_attributes"), query)

    def split_order(
        self, order_id: str, groups: Mapping[str, Sequence[str]]
    ) -> Answer[dict[str, str]]:
        """Split an order into packages: ``groups`` maps names of ours to line item ids.

        Returns the new package of each group. A write without any idempotency key. TikTok Shop
        documentation: Split Orders.
        """
        listed = [
            {"id": name, "order_line_item_ids": [str(one) for one in line_ids]}
            for name, line_ids in groups.items()
        ]
        path = f"/fulfillment/202309/orders/{checked_id(order_id)}/split"
        envelope, answer = self.write("POST", path, {"splittable_groups": listed})
        made = rows("packages")(envelope.data)
        packages = {text(row.get("splittable_group_id")): text(row.get("id")) for row in made}
        return Answer(packages, answer.request_id, answer.elapsed)


def _package_page(data: dict[str, Any]) -> PackagePage:
    return PackagePage(rows("packages")(data), text(data.get("next_page_token")))


def _shipment(tracking_number: str, shipping_provider_id: str) -> dict[str, str]:
    return {"tracking_number": tracking_number, "shipping_provider_id": shipping_provider_id}


def _warnings(remark: str) -> tuple[str, ...]:
    return (remark,) if remark else ()
