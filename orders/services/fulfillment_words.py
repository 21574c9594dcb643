"""What push_fulfillments says to merchants, and the codes it says it under."""

from __future__ import annotations

CANCELLED_THERE = "TikTok cancelled the order; the number was not sent."
SHIPPED_BY_TIKTOK = "TikTok ships this order itself and has its own tracking number."
ENDED_HERE = "The shipment was cancelled in Shopify."
SUPERSEDED = "Tracking was changed in Shopify: the new number takes this one's place."
TRAVELS = "The parcel travels under the number that TikTok was told."
NO_NUMBER = "TikTok is told once there is a tracking number."
NO_UNITS = "It is not known which units this shipment holds: the lines were changed in Shopify."
NO_OPTION = "TikTok named no delivery option for this order, so its carriers are not known."
NO_CARRIERS = "TikTok accepts no carrier for this order's delivery option."
NUMBER_FORM = (
    "TikTok takes tracking numbers of 4 to 50 letters, digits and the signs - _ . / only; "
    "“{}” is none. Correct the number in Shopify."
)
CARRIER_UNKNOWN = (
    "TikTok does not know the carrier “{}” for this order. It accepts: {}. Correct the carrier in "
    "Shopify or map it in the settings."
)
CARRIER_MISSING = (
    "The shipment names no carrier, and TikTok takes no number without one. It accepts: {}. "
    "Choose the carrier in Shopify."
)
SHIPPED_OTHERWISE = (
    "TikTok has {} for these items. Put that number on the Shopify fulfillment, or correct it in "
    "TikTok's Seller Center."
)
SHIPPED_UNSEEN = (
    "TikTok shows this order as shipped and names no number for these items. Look at the order in "
    "TikTok's Seller Center."
)
ONE_NUMBER = "TikTok takes one number for a package, and has {} for these items already."
ONE_CORRECTION = (
    "TikTok takes one correction of a tracking number, within 72 hours of shipping, and did not "
    "take this one. What it said: {}"
)
NOT_YET = "TikTok does not have the number yet."
NOT_SPLIT = "{} waits for the rest of its TikTok package: TikTok does not let it be split."
CARRIERS_READ = "Carriers read."
MAY_SPLIT = "Asked TikTok whether the order may be split."
SPLIT = "The order was split on TikTok."
PART_SHIPPED = "Package {} of this shipment is told to TikTok; others follow."
COMBINED = "{} waits: order {} lies in the same TikTok package and has no tracking number yet."
