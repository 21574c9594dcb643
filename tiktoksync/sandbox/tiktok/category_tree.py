"""The tree of categories, made up: names by indentation, with the words that lead to a leaf.

A line may end in ``!`` (one mark) for what its sellers need: ``invited`` (INVITE_ONLY),
``outside`` (NON_MAIN_CATEGORY) or ``banned`` (PROHIBITED).
"""

TREE = """
Womenswear
  Women's Tops
    T-shirts | tee t-shirt tshirt shirt shirts
    Blouses | blouse
    Hoodies & Jumpers | hoodie sweater jumper sweatshirt
  Women's Dresses
    Casual Dresses | dress dresses
    Evening Dresses | gown
  Women's Bottoms
    Jeans | jeans denim
    Leggings | leggings
Menswear
  Men's Tops
    Polo Shirts | polo
    Men's Hoodies | men hoodie
  Men's Bottoms
    Shorts | shorts
    Trousers | trousers pants chino
Fashion Accessories
  Hair Accessories
    Hair Ties | scrunchie scrunchies hair tie
    Hair Clips | clip barrette
  Bags
    Tote Bags | tote bag
    Backpacks | backpack rucksack
    Wallets | wallet purse card-wallet
  Headwear
    Hats | hat nón cap
  Small Accessories
    Socks | sock socks
    Scarves | scarf
    Pins & Badges | pin badge enamel-pin
  Eyewear
    Sunglasses | sunglasses
  Jewellery
    Fashion Necklaces | necklace pendant
    Fashion Earrings | earring earrings
    Fine Jewellery | diamond 14 !invited
Home Supplies
  Home Decor
    Candles | candle candles wax
    Vases | vase
    Trinket Dishes | dish
    Lamps | lamp lighting
    Wall Art
      Posters & Prints | poster print art
      Wall Clocks | clock
  Textiles
    Bedding
      Duvet Covers | duvet bedding
      Blankets & Throws | blanket throw
    Bath Towels | bath-towel towel towels waffle
    Table Linen | runner tablecloth скатерть
    Cushions | cushion pillow وسادة
    Curtains | curtain
  Storage
    Storage Baskets | basket
    Desk Organisers | organiser organizer
  Stationery
    Notebooks | notebook journal planner
    Pens & Pencils | pen pencil
    Stickers | sticker stickers sheet
  Celebrations
    Gift Boxes | gift mystery hamper wrapping
    Money Boxes | money-box lucky
    Party Decorations | party balloon
Kitchenware
  Drinkware
    Mugs & Cups | mug mugs cup
    Water Bottles | bottle flask tumbler
    Teapots & Tea Sets | teapot tea-set
  Cookware
    Pots & Pans | pan pot skillet
    Kettles | kettle
    Coffee Makers | dripper pour-over coffee
    Baking Kits | baking sourdough
  Kitchen Linen
    Aprons | apron
    Tea Towels | tea-towel dishcloth indigo
    Food Storage | wraps produce lunch beeswax
  Tableware
    Plates & Bowls | plate bowl bowls dinner
    Cutlery | cutlery fork spoon knife
    Mills & Shakers | mill salt pepper
    Japanese Teacups | 湯のみ yunomi
Beauty & Personal Care
  Skincare
    Serums & Essences | serum essence
    Moisturisers | cream moisturiser moisturizer lotion
    Sunscreen | sunscreen spf
    Face Masks | mask
    Travel Bottles | travel kit
  Makeup
    Lip Balm & Lipstick | lipstick balm
  Bath & Body
    Soap | soap
    Bath Bombs | bomb
  Haircare
    Shampoo | shampoo conditioner
Food & Beverages
  Drinks
    Tea
      Leaf Tea | tea trà chè
      Matcha Powder | matcha 抹茶
    Coffee
      Coffee Beans | beans cà phê
      Instant Coffee | instant
  Snacks
    Dried Fruit | dried mango fruit
    Chocolate | chocolate
  Condiments
    Honey & Syrup | honey syrup
    Fish Sauce | sauce nước mắm
Phones & Electronics
  Mobile Accessories
    Phone Stands | stand phone holder
    Phone Cases | phone-case phonecase
    Chargers & Cables | charger cable usb
  Audio
    Headphones | headphones earbuds wireless audio
    Speakers | speaker
  Photo & Video
    Ring Lights | ring-light led light glowkit
    Tripods | tripod
Toys & Hobbies
  Puzzles & Games
    Jigsaw Puzzles | puzzle jigsaw
    Board Games | game board
  Soft Toys
    Plush Animals | plush teddy
Baby & Maternity
  Baby Care
    Baby Bottles | baby feeding
    Baby Blankets | swaddle
Sports & Outdoor
  Fitness
    Yoga Mats | yoga mat
    Resistance Bands | resistance band
  Camping
    Camping Lanterns | lantern camping
    Hammocks | hammock
    Rainwear | poncho raincoat
  Cycling
    Bicycles | bicycle bike !outside
Pet Supplies
  Dogs
    Dog Collars & Leads | dog collar leash
  Cats
    Cat Toys | cat
Restricted Goods
  Tobacco
    E-cigarettes | vape cigarette !banned
"""

# Which categories ask for more than the usual, by the name of any category on the way down.
SIZE_CHART_NEEDED = frozenset({"Casual Dresses", "Evening Dresses", "Jeans"})
SIZE_CHART_TAKEN = frozenset({"Womenswear", "Menswear"})
DIMENSIONS_NEEDED = frozenset({"Phones & Electronics", "Home Decor", "Cycling"})
CERTIFICATES = {
    "Baby & Maternity": ("602362", "Children's Product Certificate"),
    "Sunscreen": ("602371", "Sunscreen Test Report"),
}
