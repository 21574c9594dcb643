"""Details of the pairs that the tests connect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.shops.conftest import ANNA_SHOP, ANNA_STORE, BEN_SHOP, BEN_STORE
from tiktoksync.shops.services.connect import PairDetails, Tokens

ANNA = PairDetails(
    merchant="Anna",
    shopify_shop=ANNA_STORE,
    shopify=Tokens("shpat_good"),
    tiktok_shop_id=ANNA_SHOP,
    tiktok_cipher="TTP_anna",
    tiktok_region="US",
    tiktok=Tokens("TTP_good", refresh_token="TTP_refresh"),
)
BEN = PairDetails(
    merchant="Ben",
    shopify_shop=BEN_STORE,
    shopify=Tokens("shpat_ben"),
    tiktok_shop_id=BEN_SHOP,
    tiktok_cipher="ROW_ben",
    tiktok_region="VN",
    tiktok=Tokens("ROW_good", refresh_token="ROW_refresh"),
)


def anna(**changes: Any) -> PairDetails:
    return replace(ANNA, **changes)


def ben(**changes: Any) -> PairDetails:
    return replace(BEN, **changes)
