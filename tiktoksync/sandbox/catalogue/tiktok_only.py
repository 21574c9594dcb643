"""What only the TikTok shop sells: to be imported, or to be in the way."""

from __future__ import annotations

from tiktoksync.sandbox.catalogue.shape import Product, describe, grid, item, one, pictures


def mystery_box(currency: str) -> Product:
    """The product whose SKU is on no other side."""
    return {
        "title": "TikTok exclusive: Mystery Box",
        "vendor": "Harbor & Pine",
        "type": "Gifts",
        "description": describe("TikTok exclusive: Mystery Box"),
        "images": pictures("TT-ONLY-BOX", 2),
        "options": [],
        "in_baskets": False,
        "variants": [
            {
                "sku": "TT-ONLY-BOX",
                "values": [],
                "price": "350000" if currency == "VND" else "25.00",
                "inventory": 50,
                "grams": 900,
            }
        ],
    }


def _live(title: str, kind: str, variants: list[Product], *options: str, **more: object) -> Product:
    return item(title, kind, variants, *options, **{"in_baskets": False, **more})


_TOTE = [
    one("TTS-TOTE-NAT", "22.00", 60, 310, "Natural",
        image={"key": "tote-natural", "width": 1000, "height": 1000}),
    one("TTS-TOTE-BLK", "22.00", 45, 310, "Black",
        image={"key": "tote-black", "width": 1000, "height": 1000}),
    one("TTS-TOTE-RED", "23.50", 12, 310, "Brick Red",
        image={"key": "tote-red", "width": 1000, "height": 1000}),
]  # fmt: skip

TIKTOK_ONLY: list[Product] = [
    _live("Canvas Tote Bag with Inner Pocket", "Bags", _TOTE, "Color", images=4),
    _live(
        "Plush Otter Keyring, Soft Touch", "Toys",
        [one("TTS-OTTER", "8.90", 200, 45, barcode="4006381333931")],
        vendor="Little Otter", images=3,
    ),
    _live(
        "Ribbed Yoga Leggings with Pockets", "Activewear",
        grid("TTS-LEG", "34.00", ["Black", "Moss"], ["XS", "S", "M", "L"], grams=220),
        "Color", "Size", vendor="Bright Peak", images=5,
    ),
    # Nobody gave these a seller SKU.
    _live("Wax Melt Sampler, Eight Scents", "Home", [one("", "14.00", 30, 180)]),
    _live(
        "Beeswax Food Wraps, Set of Three", "Kitchen",
        [one("", "12.50", 20, 90, "Meadow"), one("", "12.50", 18, 90, "Citrus")], "Pattern",
    ),
    # Two products under one seller SKU.
    _live("Ceramic Ring Dish, Speckled White", "Home", [one("TTS-DISH", "11.00", 26, 140)]),
    _live("Ceramic Ring Dish, Second Edition", "Home", [one("TTS-DISH", "12.00", 9, 140)]),
    # The SKU of a product that is in Shopify, on another product.
    _live("Bamboo Tablet Stand, Large Size", "Accessories", [one("STAND-BMB", "19.99", 15, 380)]),
    _live(
        "Cà Phê Sữa Đá – bộ quà tặng ba hương vị", "Coffee",
        [one("TTS-CAPHE-3", "18.50", 75, 420)], vendor="Mekong Made",
    ),
    _live(
        "Travel Bottle Kit with Labels", "Beauty",
        [
            one("TTS-KIT-S-CLR", "9.50", 40, 110, "Small", "Clear", "Pump"),
            one("TTS-KIT-S-AMB", "9.90", 0, 110, "Small", "Amber", "Pump"),
            one("TTS-KIT-L-CLR", "13.50", 33, 190, "Large", "Clear", "Spray"),
        ],
        "Size", "Color", "Closure", vendor="Clear Day",
    ),
    _live(
        "Glow-in-the-Dark Star Stickers", "Toys", [one("TTS-STARS", "6.20", 500, 60)],
        status="SELLER_DEACTIVATED",
    ),
    _live(
        "Cordless Desk Lamp, Touch Dimmer", "Lighting", [one("TTS-LAMP", "41.00", 22, 800)],
        status="PENDING", vendor="Glowkit",
    ),
    _live(
        "Miracle Slimming Tea REJECT-ME", "Tea", [one("TTS-SLIM", "29.00", 10, 120)],
        status="FAILED",
    ),
    _live(
        "Hand-Knitted Scarf, first draft", "Accessories", [one("TTS-SCARF", "48.00", 5, 260)],
        status="DRAFT",
    ),
    _live(
        "Retired Enamel Pin, Harbour Series", "Gifts", [one("TTS-PIN", "5.00", 0, 20)],
        status="DELETED",
    ),
    _live(
        "Lavender Pillow Mist, 50 ml", "Bath", [one("TTS-MIST", "15.75", 64, 95)],
        images=[{"key": "gone-mist", "width": 1200, "height": 1200},
                {"key": "mist-2", "width": 1200, "height": 900}],
    ),
]  # fmt: skip
