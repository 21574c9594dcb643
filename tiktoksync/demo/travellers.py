"""The orders that the check sends on their way, and what each of them is there to show."""

from dataclasses import dataclass, field
from typing import Any

from tiktoksync.demo.world import Pair

WHOLE_WAY = (
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
)
UNLINKED_SKU = "TT-ONLY-BOX"


@dataclass(slots=True)
class Traveller:
    """One order: where it is placed, how it is shipped, what it has become."""

    label: str
    pair: Pair
    wish: dict[str, Any] = field(default_factory=dict)
    carrier: str = "USPS"
    tracking: str = ""
    order_id: str = ""
    shopify_id: str = ""

    @property
    def is_cod(self) -> bool:
        """Paid at the door."""
        return bool(self.wish.get("cod"))


def whole_way(us: Pair, vn: Pair) -> list[Traveller]:
    """Orders that go from the hold to Completed."""
    return [
        Traveller(
            "us-tax-and-discounts",
            us,
            {
                "lines": [
                    {"sku": "TEE-BLK-M", "quantity": 2, "tax_rate": "0.0725"},
                    {"sku": "MUG-12", "quantity": 1, "tax_rate": "0.0725"},
                ],
                "payment": {
                    "seller_discount": "5.00",
                    "platform_discount": "3.50",
                    "shipping_fee": "1.99",
                    "shipping_fee_platform_discount": "3.00",
                },
            },
            tracking="9400111899223197428490",
        ),
        Traveller(
            "us-gift",
            us,
            {"lines": [{"sku": "BREW-1L"}, {"sku": "GIFT-STICKER", "gift": True}]},
            carrier="UPS",
            tracking="1Z12345E0205271688",
        ),
        Traveller(
            "us-cent-remainders",
            us,
            {
                "lines": [
                    {"sku": "SERUM-C30", "quantity": 3},
                    {"sku": "SCRUNCH-PAS", "quantity": 1},
                    {"sku": "PUZ-NM-1000", "quantity": 1},
                ],
                "payment": {"seller_discount": "10.00", "platform_discount": "0.01"},
            },
            carrier="FedEx",
            tracking="794644790132",
        ),
        Traveller(
            "vn-self-shipment",
            vn,
            {"lines": [{"sku": "TEA-SEN-100", "quantity": 2}, {"sku": "MUG-12"}]},
            carrier="Giao Hàng Nhanh",
            tracking="GHN5ENDEMO01",
        ),
        Traveller(
            "vn-cash-on-delivery",
            vn,
            {"lines": [{"sku": "BREW-1L"}], "cod": True},
            carrier="GHTK",
            tracking="S22438281DEMO",
        ),
    ]


def unlinked(us: Pair) -> Traveller:
    """Its SKU is on TikTok alone: blocked until somebody says what it is."""
    return Traveller(
        "us-unlinked-sku",
        us,
        {"lines": [{"sku": UNLINKED_SKU}]},
        tracking="9400111899223197428506",
    )


def uploaded(us: Pair) -> Traveller:
    """An order for a product that was uploaded: its link is the upload's own."""
    return Traveller("us-uploaded-product", us, {"lines": [{"sku": "KETTLE-2L"}], "hold": False})


def turning_back(us: Pair, vn: Pair) -> tuple[Traveller, Traveller, Traveller]:
    """Cancelled in the hold, cancelled after Shopify had it, never paid."""
    return (
        Traveller("us-cancelled-in-hold", us, {"lines": [{"sku": "MUG-12"}]}),
        Traveller("vn-cancelled-after-sync", vn, {"lines": [{"sku": "TEA-SEN-100"}]}),
        Traveller("us-never-paid", us, {"lines": [{"sku": "STAND-BMB"}], "paid": False}),
    )
