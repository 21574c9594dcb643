"""The twelve products with the same SKUs on both sides."""

from __future__ import annotations

from tiktoksync.sandbox.catalogue.shape import Product, describe, pictures

# title, vendor, type, options, [(sku, option values, US dollars, Vietnamese dong, stock, grams)]
ROWS: list[tuple[str, str, str, list[str], list[tuple[str, list[str], str, str, int, int]]]] = [
    (
        "Everyday Cotton Tee",
        "Harbor & Pine",
        "Shirts",
        ["Color", "Size"],
        [
            ("TEE-BLK-S", ["Black", "S"], "18.00", "249000", 120, 180),
            ("TEE-BLK-M", ["Black", "M"], "18.00", "249000", 150, 190),
            ("TEE-SND-L", ["Sand", "L"], "19.50", "269000", 64, 200),
        ],
    ),
    (
        "Enamel Camp Mug 12 oz",
        "Harbor & Pine",
        "Kitchen",
        [],
        [
            ("MUG-12", [], "14.25", "189000", 300, 320),
        ],
    ),
    (
        "Trà Sen Tây Hồ – hộp thiếc 100 g",
        "Nhà Trà Hồ Tây",
        "Tea",
        [],
        [
            ("TEA-SEN-100", [], "24.90", "325000", 80, 160),
        ],
    ),
    (
        "抹茶スターターセット",
        "Uji Works",
        "Tea",
        [],
        [
            ("MATCHA-SET", [], "39.00", "990000", 35, 740),
        ],
    ),
    (
        "Bamboo Phone Stand",
        "Deskwise",
        "Accessories",
        [],
        [
            ("STAND-BMB", [], "11.99", "159000", 210, 140),
        ],
    ),
    (
        'LED Ring Light 10"',
        "Glowkit",
        "Electronics",
        ["Stand"],
        [
            ("RING-10-T", ["Tripod"], "32.50", "450000", 45, 1250),
            ("RING-10-C", ["Clamp"], "29.95", "415000", 52, 980),
        ],
    ),
    (
        "Vitamin C Serum 30 ml",
        "Clear Day",
        "Skin care",
        [],
        [
            ("SERUM-C30", [], "16.75", "229000", 500, 90),
        ],
    ),
    (
        "Silk Scrunchies, set of 5",
        "Loop Lane",
        "Hair",
        ["Color"],
        [
            ("SCRUNCH-PAS", ["Pastel"], "9.99", "129000", 400, 60),
            ("SCRUNCH-DRK", ["Dark"], "9.99", "129000", 380, 60),
        ],
    ),
    (
        "Cold Brew Bottle 1 L",
        "Harbor & Pine",
        "Kitchen",
        [],
        [
            ("BREW-1L", [], "27.00", "375000", 75, 610),
        ],
    ),
    (
        'Puzzle "Night Market" 1000 pieces',
        "Tilewood",
        "Toys",
        [],
        [
            ("PUZ-NM-1000", [], "21.40", "299000", 96, 720),
        ],
    ),
    (
        "Linen Apron",
        "Harbor & Pine",
        "Kitchen",
        ["Size"],
        [
            ("APRON-ONE", ["One size"], "31.00", "420000", 40, 330),
        ],
    ),
    (
        "Mini Sticker Sheet (gift)",
        "Loop Lane",
        "Gifts",
        [],
        [
            ("GIFT-STICKER", [], "0.00", "0", 9999, 5),
        ],
    ),
]


def shared_products(currency: str) -> list[Product]:
    """The products priced for one side; any currency but VND gets the dollar figures."""
    return [
        {
            "title": title,
            "vendor": vendor,
            "type": kind,
            "description": describe(title),
            "images": pictures(variants[0][0], 2),
            "tags": [kind.lower()],
            "options": list(options),
            "variants": [
                {
                    "sku": sku,
                    "values": list(values),
                    "price": dong if currency == "VND" else dollars,
                    "inventory": stock,
                    "grams": grams,
                }
                for sku, values, dollars, dong, stock, grams in variants
            ],
        }
        for title, vendor, kind, options, variants in ROWS
    ]
