"""A stand-in for TikTok Shop that keeps state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fake_aftersales import Aftersales, FakeAftersaleCalls
from tests.fake_platform import Platform, within
from tests.fake_tiktok_products import FakeCatalogueCalls, Shelf
from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.auth import TokenPair
from tiktoksync.tiktok.package_calls import PackagePage
from tiktoksync.tiktok.payloads import ItemError, OrderPage, ShippedPackage


class FakeTikTok(Platform):
    """TikTok Shop's side of one shop."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.page_size = 100
        self.endless = False
        self.unknown_ids_fail = False
        self.providers: dict[str, list[dict[str, Any]]] = {}
        self.references: dict[str, dict[str, Any]] = {}
        self.refused_references: dict[str, ItemError] = {}
        self.pairs: list[TokenPair] = []
        self.token_life = timedelta(days=7)
        self.products: list[dict[str, Any]] = []
        self.packages: dict[str, dict[str, Any]] = {}
        self.labels: dict[str, str] = {}
        self.unsplittable: set[str] = set()
        self.corrections: dict[str, int] = {}
        self.desk = Aftersales()
        self.shelf = Shelf()

    def open(self, **how: Any) -> FakeTikTokClient:
        """Takes the place of the client's class."""
        return FakeTikTokClient(self, how["access_token"])

    def open_auth(self, **how: Any) -> FakeTikTokAuth:
        """Takes the place of the token endpoint's class."""
        return FakeTikTokAuth(self)

    def place(self, *bodies: dict[str, Any]) -> None:
        """Orders as TikTok has them now."""
        for body in bodies:
            self.orders[str(body["id"])] = body

    def change(self, order_id: str, **fields: Any) -> dict[str, Any]:
        """News of an order, a second later."""
        body = deepcopy(self.orders[order_id])
        body.update({"update_time": body["update_time"] + 1, **fields})
        self.orders[order_id] = body
        return body

    def tracking_of(self, order_id: str) -> dict[str, str]:
        """The tracking number of each unit that has one."""
        lines = self.orders[order_id]["line_items"]
        return {line["id"]: line["tracking_number"] for line in lines if "tracking_number" in line}

    def carriers(self, option: str, *names: str) -> None:
        """The carriers of a delivery option; ids follow from the names."""
        self.providers[option] = [{"id": f"id-{name}", "name": name} for name in names]


class FakeTikTokClient(FakeAftersaleCalls, FakeCatalogueCalls):
    """The methods of TikTokClient that the flows call."""

    def __init__(self, platform: FakeTikTok, token: str) -> None:
        self.platform = platform
        self.token = token

    def _do(self, method: str, effect: Callable[[], Any], *arguments: Any) -> Any:
        return self.platform.perform(self.token, method, effect, *arguments)

    def search_orders(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        order_status: str = "",
        page_token: str = "",
        page_size: int = 100,
        sort_field: str = "update_time",
        sort_order: str = "ASC",
    ) -> Answer[OrderPage]:
        def effect() -> OrderPage:
            least = update_time_ge or 0
            found = [body for body in self.platform.orders.values() if _updated(body) >= least]
            if create_time_ge is not None and create_time_lt is not None:
                span = range(create_time_ge, create_time_lt)
                found = [body for body in found if body["create_time"] in span]
            by_age = sort_field == "create_time"
            found.sort(key=(lambda body: body["create_time"]) if by_age else _updated)
            size, start = min(self.platform.page_size, page_size), int(page_token or 0)
            page = found[start : start + size]
            more = start + size < len(found)
            token = str(start + size) if more else ""
            if self.platform.endless and not more:
                token = str(max(0, len(found) - size))
            return OrderPage(deepcopy(page), token, len(found))

        return self._do("search_orders", effect, update_time_ge, page_token)

    def get_orders(self, ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(50, ids)
            unknown = [order_id for order_id in ids if order_id not in self.platform.orders]
            if unknown and self.platform.unknown_ids_fail:
                raise Rejected("TikTok Shop does not know the order.", code="21001005")
            found = [self.platform.orders[i] for i in ids if i in self.platform.orders]
            return deepcopy(found)

        return self._do("get_orders", effect, tuple(ids))

    def shipping_providers(self, delivery_option_id: str) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            return deepcopy(self.platform.providers.get(delivery_option_id, []))

        return self._do("shipping_providers", effect, delivery_option_id)

    def mark_shipped(
        self,
        order_id: str,
        line_item_ids: Iterable[str],
        *,
        shipping_provider_id: str,
        tracking_number: str,
    ) -> Answer[ShippedPackage]:
        units = tuple(line_item_ids)

        def effect() -> ShippedPackage:
            body = self.platform.orders[order_id]
            lines = [line for line in body["line_items"] if line["id"] in units]
            if any("tracking_number" in line for line in lines):
                raise Rejected("TikTok Shop says the lines are shipped already.", code="21011019")
            self._ship(body, lines, tracking_number, shipping_provider_id)
            package_id = f"package-{order_id}-{len(self.platform.calls)}"
            for line in lines:
                line["package_id"] = package_id
            return ShippedPackage(package_id, "")

        how = (order_id, units, shipping_provider_id, tracking_number)
        return self._do("mark_shipped", effect, *how)

    def ship_package(
        self, package_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        def effect() -> None:
            for body, lines in self._inside(package_id):
                if any("tracking_number" in line for line in lines):
                    raise Rejected("TikTok Shop says that the package is shipped.", code="21011019")
                self._ship(body, lines, tracking_number, shipping_provider_id)

        how = (package_id, shipping_provider_id, tracking_number)
        return self._do("ship_package", effect, *how)

    def ship_packages(
        self, package_ids: Sequence[str], *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[list[ItemError]]:
        def effect() -> list[ItemError]:
            refused = []
            for package_id in package_ids:
                for body, lines in self._inside(package_id):
                    if any("tracking_number" in line for line in lines):
                        detail = {"package_id": package_id}
                        refused.append(ItemError("21011019", "shipped already", detail))
                    else:
                        self._ship(body, lines, tracking_number, shipping_provider_id)
            return refused

        how = (tuple(package_ids), shipping_provider_id, tracking_number)
        return self._do("ship_packages", effect, *how)

    def update_shipping_info(
        self, order_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        def effect() -> None:
            body = self.platform.orders[order_id]
            lines = body["line_items"]
            self._correct(order_id, body, lines, tracking_number, shipping_provider_id)

        how = (order_id, shipping_provider_id, tracking_number)
        return self._do("update_shipping_info", effect, *how)

    def update_package_shipping_info(
        self, package_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        def effect() -> None:
            for body, lines in self._inside(package_id):
                self._correct(package_id, body, lines, tracking_number, shipping_provider_id)

        how = (package_id, shipping_provider_id, tracking_number)
        return self._do("update_package_shipping_info", effect, *how)

    def _correct(
        self, key: str, body: dict[str, Any], lines: list[dict[str, Any]], number: str, carrier: str
    ) -> None:
        if self.platform.corrections.get(key):
            raise Rejected("TikTok Shop says that this cannot be changed.", code="21011033")
        self.platform.corrections[key] = 1
        for line in lines:
            line.update(tracking_number=number, shipping_provider_id=carrier)
        body["update_time"] += 1

    def split_attributes(self, order_ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            no = self.platform.unsplittable
            return [{"order_id": one, "can_split": one not in no} for one in order_ids]

        return self._do("split_attributes", effect, tuple(order_ids))

    def split_order(
        self, order_id: str, groups: Mapping[str, Sequence[str]]
    ) -> Answer[dict[str, str]]:
        def effect() -> dict[str, str]:
            body = self.platform.orders[order_id]
            number = len(self.platform.calls)
            made = {name: f"split-{number}-{name}" for name in groups}
            for line in body["line_items"]:
                for name, units in groups.items():
                    if line["id"] in units:
                        line["package_id"] = made[name]
            body["packages"] = [{"id": package_id} for package_id in made.values()]
            body["update_time"] += 1
            return made

        return self._do("split_order", effect, order_id, dict(groups))

    def get_package(self, package_id: str) -> Answer[dict[str, Any]]:
        def effect() -> dict[str, Any]:
            if package_id not in self.platform.packages:
                raise Rejected("TikTok Shop does not know the package.", code="10007014")
            return deepcopy(self.platform.packages[package_id])

        return self._do("get_package", effect, package_id)

    def search_packages(self, *, page_token: str = "", page_size: int = 50) -> Answer[PackagePage]:
        def effect() -> PackagePage:
            found = list(self.platform.packages.values())
            start = int(page_token or 0)
            more = start + page_size < len(found)
            page = deepcopy(found[start : start + page_size])
            return PackagePage(page, str(start + page_size) if more else "")

        return self._do("search_packages", effect, page_token)

    def shipping_document(self, package_id: str) -> Answer[str]:
        def effect() -> str:
            return self.platform.labels.get(package_id, "")

        return self._do("shipping_document", effect, package_id)

    def _inside(self, package_id: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """The orders with units in a package, and those units."""
        found = []
        for body in self.platform.orders.values():
            lines = [one for one in body["line_items"] if one.get("package_id") == package_id]
            if lines:
                found.append((body, lines))
        return found

    def _ship(
        self, body: dict[str, Any], lines: list[dict[str, Any]], number: str, carrier: str = ""
    ) -> None:
        for line in lines:
            line["tracking_number"] = number
            if carrier:
                line["shipping_provider_id"] = carrier
        left = [line for line in body["line_items"] if "tracking_number" not in line]
        body["status"] = "PARTIALLY_SHIPPING" if left else "AWAITING_COLLECTION"
        body["update_time"] += 1

    def put_external_orders(self, orders: Sequence[Mapping[str, Any]]) -> Answer[list[ItemError]]:
        def effect() -> list[ItemError]:
            within(100, orders)
            refused = self.platform.refused_references
            for order in orders:
                if order["id"] not in refused:
                    self.platform.references[order["id"]] = dict(order["external_order"])
            return [refused[order["id"]] for order in orders if order["id"] in refused]

        return self._do("put_external_orders", effect, list(orders))


class FakeTikTokAuth:
    """The method of TikTokAuth that the flows call."""

    def __init__(self, platform: FakeTikTok) -> None:
        self.platform = platform

    def refresh_token(self, refresh_token: str) -> Answer[TokenPair]:
        def effect() -> TokenPair:
            number = self.platform.count("refresh_token")
            expires = int((datetime.now(UTC) + self.platform.token_life).timestamp())
            names = (f"TTP_new_{number}", expires, f"TTPR_new_{number}", expires + 86400)
            pair = TokenPair(*names, "open-id", "Anna", "US", ())
            self.platform.pairs.append(pair)
            return pair

        return self.platform.perform("", "refresh_token", effect, refresh_token)


def _updated(body: Mapping[str, Any]) -> int:
    value = body.get("update_time")
    return value if isinstance(value, int) else 2**40
