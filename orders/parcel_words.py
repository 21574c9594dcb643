"""Parcels in the history's words."""

from __future__ import annotations

from collections.abc import Mapping

from orders.models import StatusChange

SENTENCES: Mapping[str, Mapping[str, str]] = {
    StatusChange.Axis.PACKAGE: {
        "pending": "TikTok's parcel queued for Shopify",
        "sending": "Telling Shopify of TikTok's parcel",
        "synced": "Shopify has TikTok's parcel",
        "failed": "Shopify does not have TikTok's parcel",
        "skipped": "TikTok's parcel not told to Shopify",
    },
}
GOES_ON: Mapping[str, str] = {
    StatusChange.Axis.PACKAGE: "Shopify does not have TikTok's parcel yet; queued again"
}
# Lines beside the axes that need nobody; those that do stand in timeline.py.
NOTES = {
    "surplus_number": "A tracking number too many",
    "tracking_changed": "Tracking changed before TikTok was told",
    "tracking_removed": "A number that TikTok has was removed in Shopify",
    "waits_for_package": "Tracking waits for TikTok's package",
    "package_not_read": "TikTok did not tell of a package",
    "package_gone": "TikTok cancelled a parcel that had arrived",
    "label_refused": "TikTok gave no label",
}
FIXES = {
    "carrier_unknown": "Correct the carrier in Shopify, or map it in the settings. The number then "
    "goes by itself.",
    "number_refused": "Correct the tracking number in Shopify. It then goes by itself.",
    "cancelled_after_sent": "Ship the items again in Shopify, with the number the parcel has.",
    "units_unknown": "Tell the other side by hand: the lines were changed in Shopify.",
}
