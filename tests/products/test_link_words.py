"""Why two are linked, and the words of the causes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from products.link_words import LinkCause, cause_fix, cause_words
from products.models import Link
from tests.factories import make_pair, make_variant

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


def link(origin: str, sku: str = "TEE-BLK-S", maker: str = "") -> Link:
    pair = make_pair()
    person = get_user_model().objects.create(username=maker) if maker else None
    made = Link.objects.create(
        shop=pair.shop,
        tiktok_sku_id="1",
        variant=make_variant(pair.store, sku),
        origin=origin,
        created_by=person,
    )
    made.created_at = DAY
    return made


@pytest.mark.parametrize(
    ("origin", "maker", "expected"),
    [
        ("same_sku", "", "Same SKU TEE-BLK-S on both sides, linked by itself on 3 May 2026."),
        ("same_sku", "anna", "Same SKU TEE-BLK-S on both sides, linked by anna on 3 May 2026."),
        ("by_hand", "anna", "Linked by hand by anna on 3 May 2026."),
        ("order", "anna", "Linked from an order by anna on 3 May 2026."),
        ("api", "", "Linked by a program through the API on 3 May 2026."),
        ("uploaded", "anna", "Uploaded from Shopify by anna on 3 May 2026."),
        ("imported", "", "Imported from TikTok on 3 May 2026."),
        ("rebuilt", "", "Found again by the ids that both platforms keep, on 3 May 2026."),
    ],
)
def test_every_origin_has_its_sentence(origin: str, maker: str, expected: str) -> None:
    assert link(origin, maker=maker).why == expected


def test_a_variant_that_lost_its_sku_is_told_without_it() -> None:
    assert link("same_sku", sku="").why == "Same SKU on both sides, linked by itself on 3 May 2026."


def test_every_origin_of_a_link_is_worded() -> None:
    assert _told() == set(Link.Origin.values)


def _told() -> set[str]:
    from products.link_words import _ORIGINS

    return {"same_sku", *_ORIGINS}


@pytest.mark.parametrize("cause", sorted(LinkCause))
def test_every_cause_has_words_and_those_that_need_something_a_fix(cause: LinkCause) -> None:
    assert cause_words(cause) != cause.replace("_", " ").capitalize() or cause == "linked"
    needs_nothing = cause in (LinkCause.SAME_SKU, LinkCause.LINKED, LinkCause.LINKED_MEANWHILE)
    assert bool(cause_fix(cause)) is not needs_nothing
