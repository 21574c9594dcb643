"""What only the Shopify store sells and TikTok Shop takes without complaint."""

from __future__ import annotations

from tiktoksync.sandbox.catalogue.shape import Product, grid, item, one

_TONES = ["Charcoal", "Oat", "Rust"]
_SIZES = ["S", "M", "L", "XL"]

SHOPIFY_ONLY: list[Product] = [
    item(
        "Washed Linen Duvet Cover, Queen", "Bedding",
        grid("DUVET", "119.00", ["Fog", "Clay", "Ink"], grams=1900), "Color",
        vendor="Slow Morning", images=5, tags=["linen", "bedding"],
    ),
    item(
        "Chunky Wool Throw Blanket, 130 x 180 cm", "Home",
        grid("THROW", "84.50", ["Cream", "Forest"], grams=1300), "Color",
        vendor="Slow Morning", images=3,
    ),
    item(
        "Stoneware Dinner Plate Set of Four", "Tableware",
        [one("PLATE-SET-4", "64.00", 28, 2600, barcode="4012345678901", compare_at="79.00")],
        vendor="Salt & Fig", images=4,
    ),
    item(
        "Pasta Bowl, Reactive Glaze", "Tableware",
        grid("BOWL", "18.00", ["Sea", "Sand"], ["Shallow", "Deep"], grams=620),
        "Glaze", "Depth", vendor="Salt & Fig", images=3,
    ),
    item(
        "Stovetop Whistling Kettle 2 L", "Kitchen",
        [one("KETTLE-2L", "46.00", 33, 1100)], vendor="Copper Kettle Co", images=3,
    ),
    item(
        "Cast Iron Skillet 26 cm, Pre-seasoned", "Cookware",
        [one("SKILLET-26", "39.90", 41, 2300, compare_at="49.90")], vendor="Copper Kettle Co",
    ),
    item(
        "Insulated Water Bottle 750 ml", "Drinkware",
        grid("FLASK", "24.00", ["Slate", "Coral", "Mint", "White"], grams=380), "Color",
        vendor="Bright Peak", images=4,
    ),
    item(
        "Organic Cotton Hoodie, Relaxed Fit", "Hoodies",
        grid("HOOD", "58.00", _TONES, _SIZES, grams=560), "Color", "Size",
        images=6, tags=["organic", "hoodie"],
    ),
    item(
        "Merino Crew Sweater for Men", "Sweaters",
        grid("CREW", "92.00", ["Navy", "Grey"], ["M", "L", "XL"], grams=410), "Color", "Size",
        vendor="Fernhill", images=4,
    ),
    item(
        "Pleated Wide-Leg Trousers", "Trousers",
        grid("WIDE", "67.00", ["Black", "Stone"], ["S", "M", "L"], grams=430), "Color", "Size",
        vendor="Atelier Nuage", images=4,
    ),
    item(
        "Roll-Top Commuter Backpack 22 L", "Bags",
        grid("ROLL", "88.00", ["Olive", "Black"], grams=940), "Color",
        vendor="Riverbend", images=5,
    ),
    item(
        "Slim Card Wallet, Vegetable Tanned", "Accessories",
        grid("WALLET", "36.00", ["Tan", "Espresso"], grams=70), "Color", vendor="Riverbend",
    ),
    item(
        "Polarised Sunglasses, Acetate Frame", "Eyewear",
        grid("SUNG", "72.00", ["Tortoise", "Black"], grams=85), "Frame", vendor="Tidepool",
    ),
    item(
        "Gold-Plated Pendant Necklace", "Jewelry",
        [one("NECK-PEND", "31.00", 60, 25)], vendor="Tidepool", images=3,
    ),
    item(
        "Daily Planner, Undated, A5", "Stationery",
        grid("PLAN", "19.50", ["Sage", "Terracotta", "Navy"], grams=340), "Cover",
        vendor="Paper Moon", images=3,
    ),
    item(
        "Gel Pen Set, Twelve Muted Colours", "Stationery",
        [one("PEN-12", "13.20", 150, 160)], vendor="Paper Moon",
    ),
    item(
        "Seagrass Storage Basket with Lid", "Storage",
        grid("BASKET", "27.00", ["Small", "Medium", "Large"], grams=800), "Size",
        vendor="Willow Yard",
    ),
    item(
        "Waffle Bath Towel, Quick Drying", "Bath",
        grid("TOWEL", "29.00", ["White", "Dusk"], grams=520), "Color", vendor="Slow Morning",
    ),
    item(
        "Wooden Kitchen Wall Clock, Silent", "Home",
        [one("CLOCK-OAK", "43.00", 18, 780)], vendor="Nordlys", images=2,
    ),
    item(
        "Botanical Art Print, A3, Unframed", "Art",
        [one("PRINT-A3-FERN", "22.00", 70, 210)], vendor="Paper Moon", images=1,
    ),
    item(
        "Single Origin Coffee Beans, Da Lat, 500 g", "Coffee",
        grid("BEANS", "16.80", ["Whole", "Filter", "Espresso"], grams=560), "Grind",
        vendor="Mekong Made",
    ),
    item(
        "Raw Forest Honey 350 g", "Food", [one("HONEY-350", "12.40", 95, 520)],
        vendor="Sun Harvest",
    ),
    item(
        "Dried Mango Slices, Unsweetened", "Snacks",
        [one("MANGO-250", "7.60", 180, 270)], vendor="Sun Harvest",
    ),
    item(
        "Magnetic Phone Holder for Car Vents", "Electronics",
        [one("HOLD-CAR", "17.90", 130, 120)], vendor="Deskwise", images=3,
    ),
    item(
        "Braided USB-C Cable, 2 m", "Electronics",
        grid("CABLE", "12.90", ["Black", "Sand"], grams=60), "Color", vendor="Deskwise",
    ),
    item(
        "Wireless Earbuds with Charging Case", "Audio",
        grid("BUDS", "54.00", ["White", "Graphite"], grams=95), "Color",
        vendor="Glowkit", images=5,
    ),
    item(
        "Cork Yoga Mat, Non-slip, 5 mm", "Fitness",
        [one("MAT-CORK", "61.00", 38, 1600)], vendor="Bright Peak", images=3,
    ),
    item(
        "Resistance Band Set, Five Strengths", "Fitness",
        [one("BAND-5", "21.00", 88, 350)], vendor="Bright Peak",
    ),
    item(
        "Adjustable Dog Collar, Recycled Webbing", "Pets",
        grid("COLLAR", "16.50", ["Moss", "Plum"], ["S", "M", "L"], grams=90), "Color", "Size",
        vendor="Pawsome Street", images=3,
    ),
    item(
        "Feather Cat Toy Wand with Refills", "Pets",
        [one("CAT-WAND", "9.40", 120, 80)], vendor="Pawsome Street",
    ),
]  # fmt: skip
