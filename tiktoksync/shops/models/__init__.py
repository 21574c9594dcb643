"""Merchants, their people, and the shops and stores they connect."""

from tiktoksync.shops.models.accounts import (
    ConnectedAccount,
    ShopifyStore,
    TikTokShop,
    new_path_secret,
)
from tiktoksync.shops.models.changes import SettingsChange
from tiktoksync.shops.models.credentials import ConsentWarning, Credential
from tiktoksync.shops.models.rules import (
    CancelReasonMapping,
    CarrierMapping,
    OrderRules,
    ShippingProvider,
)
from tiktoksync.shops.models.tenants import ApiToken, Membership, Merchant, Platform, PlatformApp

__all__ = [
    "ApiToken",
    "CancelReasonMapping",
    "CarrierMapping",
    "ConnectedAccount",
    "ConsentWarning",
    "Credential",
    "Membership",
    "Merchant",
    "OrderRules",
    "Platform",
    "PlatformApp",
    "SettingsChange",
    "ShippingProvider",
    "ShopifyStore",
    "TikTokShop",
    "new_path_secret",
]
