"""What only the Shopify store sells, each with something that an upload has to notice.

The comment over each product says what. Some are fine on one market and wrong on another.
"""

from __future__ import annotations

from tiktoksync.sandbox.catalogue.shape import Product, describe, grid, item, one, pictures

_FIVE_COLOURS = ["Red", "Blue", "Green", "Black", "White"]
_FIVE_SIZES = ["XS", "S", "M", "L", "XL"]
_LONG_SKU = "CANDLE-HOLDER-BRASS-ANTIQUE-FINISH-TALL-2026-SPRING-EDITION"
_LONG_TITLE = "Hand-Blown Glass Vase " + "with a very long story about its maker " * 7

AWKWARD: list[Product] = [
    # no picture at all
    item("Hand-Poured Soy Candle, Cedar", "Candles", [one("SOY-CEDAR", "18.00")], images=0),
    # the picture is too small
    item(
        "Amber Glass Bud Vase, Narrow Neck", "Home", [one("BUD-AMB", "15.00")],
        images=pictures("bud", 1, 200, 200),
    ),
    # the picture is too large
    item(
        "Panorama Poster of the Old Harbour", "Art", [one("POSTER-PAN", "26.00")],
        images=pictures("panorama", 1, 5000, 5000),
    ),
    # a wide picture, which TikTok makes square
    item(
        "Woven Table Runner, Natural Jute", "Home", [one("RUNNER-JUTE", "23.00")],
        images=pictures("runner", 2, 1600, 600),
    ),
    # more pictures than TikTok takes
    item("Modular Desk Organiser, Walnut", "Office", [one("DESK-ORG", "52.00")], images=12),
    # a picture that is not there any more, one that is no picture, one that works
    item(
        "Ripple Candle Holder, Matte White", "Candles", [one("RIPPLE-WHT", "13.00")],
        images=[{"key": "gone-ripple", "width": 1200, "height": 1200},
                {"key": "broken-ripple", "width": 1200, "height": 1200},
                {"key": "ripple-3", "width": 1200, "height": 1200}],
    ),
    # nobody weighed it
    item("Block Print Tea Towel, Indigo Leaves", "Kitchen", [one("TOWEL-IND", "11.00", 40, None)]),
    # it weighs nothing
    item("Peel-and-Stick Planner Stickers", "Stationery", [one("STICK-PLN", "4.50", 90, 0)]),
    # too short a title where titles need 25 characters
    item("Vase", "Home", [one("VASE-S", "34.00")]),
    # too long a title everywhere
    item(_LONG_TITLE.strip(), "Home", [one("VASE-STORY", "95.00")]),
    # a seller SKU with spaces
    item("Pocket Notebook, Dotted, Set of 3", "Stationery", [one("NOTE BOOK A6", "12.00")]),
    # a seller SKU of more than 50 characters
    item("Brass Candle Holder, Antique Finish", "Candles", [one(_LONG_SKU, "29.00")]),
    # no SKU
    item("Gift Wrapping with Handwritten Card", "Gifts", [one("", "6.00")]),
    # no SKU on one of two variants
    item(
        "Cotton Produce Bags, Reusable Mesh", "Kitchen",
        [one("MESH-S", "8.00", 30, 40, "Small"), one("", "10.00", 30, 55, "Large")], "Size",
    ),
    # it costs nothing
    item("Fabric Swatch Sample Card", "Samples", [one("SWATCH", "0.00", 999, 15)]),
    # two variants under one SKU
    item(
        "Enamel Pin Badge, Garden Series", "Gifts",
        [one("PIN-GARDEN", "7.00", 50, 15, "Fern"), one("PIN-GARDEN", "7.00", 50, 15, "Rose")],
        "Design",
    ),
    # two products under one SKU
    item("Beach Hammock with Carry Pouch", "Outdoor", [one("HAMMOCK-1", "49.00", 15, 900)]),
    item("Garden Hammock with Spreader Bar", "Outdoor", [one("HAMMOCK-1", "69.00", 6, 2100)]),
    # 25 variants
    item(
        "Everyday Ribbed Socks, Organic", "Socks",
        grid("SOCK", "9.00", _FIVE_COLOURS, _FIVE_SIZES, grams=60), "Color", "Size", images=5,
    ),
    # sold out, and oversold
    item("Camping Lantern, Warm White LED", "Outdoor", [one("LANTERN-WW", "37.00", 0, 480)]),
    item(
        "Bath Bomb Trio, Eucalyptus", "Bath",
        [one("BOMB-3", "14.00", -3, 300)],
    ),
    # the name of an option and one of its values are too long
    item(
        "Made-to-Measure Curtain Panel", "Home",
        [one("CURT-1", "78.00", 12, 1200,
             "Extra wide and extra long, with blackout lining and brass eyelets")],
        "Width, length, lining and heading",
    ),
    # words of HTML in the title
    item("Salt &amp; Pepper Mill Set, Beech", "Kitchen", [one("MILL-SET", "33.00", 20, 640)]),
    # a character over and over
    item("Soooooooooooft Fleece Blanket", "Home", [one("FLEECE-1", "27.00", 40, 900)]),
    # an emoji
    item("Lucky Cat Money Box 🐱✨", "Gifts", [one("LUCKYCAT", "16.00")], vendor="Kumo"),
    # other scripts: Vietnamese, Japanese, Arabic, Cyrillic
    item("Nón lá Việt Nam đan tay truyền thống", "Mũ nón", [one("NONLA-01", "17.00", 25, 300)],
         vendor="Mekong Made"),
    item("有田焼の湯のみ 大小セット", "Tableware", [one("YUNOMI-2", "58.00", 10, 700)],
         vendor="Kumo"),
    item("وسادة مطرزة يدوياً بنقوش شرقية", "Home", [one("CUSHION-AR", "41.00", 14, 600)]),
    item("Льняная скатерть с вышивкой 150 см", "Home", [one("CLOTH-RU", "63.00", 9, 800)]),
    # no category can be guessed
    item("Zorblax 3000", "", [one("ZORB-3000", "99.00")], vendor=""),
    # its category wants a size chart, a certificate, attributes, the size of the parcel
    item(
        "Wrap Midi Dress in Crinkle Viscose", "Dresses",
        grid("WRAP", "74.00", ["Ochre", "Teal"], ["S", "M", "L"], grams=300), "Color", "Size",
        vendor="Atelier Nuage",
    ),
    item("Glass Baby Bottle, Slow Flow, 160 ml", "Baby", [one("BABYB-160", "15.00", 48, 210)]),
    item("Hydrating Face Cream with Squalane", "Skin care", [one("CREAM-SQ", "28.00", 55, 130)],
         vendor="Clear Day"),
    item("Portable Bluetooth Speaker, Splashproof", "Audio", [one("SPEAK-BT", "45.00", 27, 540)],
         vendor="Glowkit"),
    # a category for invited sellers only, and one that is banned
    item("Solid Gold Diamond Ring, 14 kt", "Fine jewelry", [one("RING-DIA", "980.00", 2, 20)]),
    item("Vape Starter Device", "Tobacco", [one("VAPE-1", "39.00", 30, 150)]),
    # a brand that needs a letter of authorization
    item("Trail Running Shorts, 5 inch", "Shorts", [one("TRAIL-5", "44.00", 35, 180)],
         vendor="Northgale"),
    # a description with a script and a picture from elsewhere; one that is too long
    item(
        "Pour-Over Coffee Dripper, Porcelain", "Coffee", [one("DRIP-POR", "26.50", 30, 450)],
        description='<p>Brews two cups.</p><script>alert(1)</script>'
        '<img src="https://images.example.com/drip.jpg">',
    ),
    item(
        "The Complete Sourdough Baking Kit", "Kitchen", [one("SOUR-KIT", "59.00", 16, 2400)],
        description=describe("Sourdough kit") + "<p>Flour, water, salt and time.</p>" * 400,
    ),
    # not on sale in Shopify; not to be sent
    item("Next Season's Rain Poncho", "Outdoor", [one("PONCHO-1", "39.00")], status="DRAFT"),
    item("Discontinued Tin Lunch Box", "Kitchen", [one("LUNCH-TIN", "21.00", 3)],
         status="ARCHIVED"),
    item("Digital Gift Card by E-mail", "Gift cards", [one("GIFTCARD-25", "25.00", 0, 0)],
         requires_shipping=False),
]  # fmt: skip
