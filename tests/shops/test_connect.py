"""connect_pair: what is made, what stays, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.shops.conftest import ANNA_SHOP, ANNA_STORE, BEN_SHOP, BEN_STORE
from tests.shops.fakes import StoreOverThere, World
from tests.shops.pairs import anna, ben
from tests.shops.rows import dump_rows
from tiktoksync.errors import ConfigError, Gone, NotAuthorized, Rejected, SyncError, Unreachable
from tiktoksync.shops.models import (
    ApiToken,
    Credential,
    Membership,
    Merchant,
    OrderRules,
    PlatformApp,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.shops.services.connect import Tokens, connect_pair
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_first_connection_makes_every_row(world: World) -> None:
    before = datetime.now(UTC)
    pair = connect_pair(anna())
    assert (pair.merchant.name, pair.merchant.timezone) == ("Anna", "America/New_York")
    store = ShopifyStore.objects.get()
    assert (store.merchant, store.shop_domain) == (pair.merchant, ANNA_STORE)
    assert (store.name, store.currency, store.timezone) == (
        "Anna's store",
        "USD",
        "America/New_York",
    )
    assert store.shopify_app_id == "gid://shopify/App/1"
    assert store.order_id_definition_at is not None
    assert (store.app.platform, store.app.key, store.app.secret) == (
        "shopify",
        "shopify-key",
        "shopify-secret",
    )
    shop = TikTokShop.objects.get()
    assert (shop.merchant, shop.store, shop.shop_id) == (pair.merchant, store, ANNA_SHOP)
    assert (shop.name, shop.cipher, shop.region) == ("Anna on TikTok", "TTP_anna", "US")
    assert (shop.app.key, shop.app.secret, shop.app.market) == ("tiktok-key", "tiktok-secret", "us")
    assert before.replace(microsecond=0) <= shop.sync_from <= datetime.now(UTC)
    assert shop.sync_from.microsecond == 0
    assert (shop.watermark, shop.next_poll_at) == (None, None)
    assert OrderRules.objects.get().shop == shop
    assert store.credential.access_token == "shpat_good"
    assert (shop.credential.access_token, shop.credential.refresh_token) == (
        "TTP_good",
        "TTP_refresh",
    )
    token = ApiToken.objects.get()
    assert (token.merchant, token.token) == (pair.merchant, pair.api_token)
    assert pair.shopify_webhook_url == (
        f"https://sync.example/webhooks/shopify/{store.webhook_secret}/"
    )
    assert pair.tiktok_webhook_url == "https://sync.example/webhooks/tiktok/"
    assert pair.notes == ()


def test_a_first_connection_sets_both_platforms_up(world: World) -> None:
    pair = connect_pair(anna())
    over_there = world.stores[ANNA_STORE]
    assert over_there.definition_type == "id"
    assert sorted(over_there.subscriptions.values()) == sorted(
        (topic, pair.shopify_webhook_url)
        for topic in (
            "ORDERS_UPDATED",
            "ORDERS_FULFILLED",
            "ORDERS_PARTIALLY_FULFILLED",
            "ORDERS_CANCELLED",
            "FULFILLMENTS_CREATE",
            "FULFILLMENTS_UPDATE",
            "PRODUCTS_UPDATE",
            "PRODUCTS_CREATE",
            "PRODUCTS_DELETE",
            "INVENTORY_LEVELS_UPDATE",
            "INVENTORY_ITEMS_UPDATE",
            "LOCATIONS_CREATE",
            "LOCATIONS_UPDATE",
            "LOCATIONS_ACTIVATE",
            "LOCATIONS_DEACTIVATE",
            "LOCATIONS_DELETE",
            "BULK_OPERATIONS_FINISH",
            "APP_UNINSTALLED",
            "APP_SCOPES_UPDATE",
        )
    )
    assert world.shops[ANNA_SHOP].webhooks == dict.fromkeys(
        (
            "ORDER_STATUS_CHANGE",
            "RECIPIENT_ADDRESS_UPDATE",
            "PACKAGE_UPDATE",
            "SELLER_DEAUTHORIZATION",
            "UPCOMING_AUTHORIZATION_EXPIRATION",
            "CANCELLATION_STATUS_CHANGE",
            "RETURN_STATUS_CHANGE",
            "PRODUCT_STATUS_CHANGE",
            "PRODUCT_INFORMATION_CHANGE",
            "PRODUCT_CREATION",
            "PRODUCT_CATEGORY_CHANGE",
            "PRODUCT_AUDIT_STATUS_CHANGE",
        ),
        "https://sync.example/webhooks/tiktok/",
    )
    assert world.shops[BEN_SHOP].webhooks == {}
    assert pair.store.subscribed_at is not None
    assert pair.shop.subscribed_at is not None


def test_connecting_twice_changes_nothing_here_or_there(world: World) -> None:
    details = anna(
        tiktok=Tokens("TTP_good", LATER, "TTP_refresh", LATER + timedelta(days=300)),
        owner_email="anna@example.com",
    )
    first = connect_pair(details)
    rows = dump_rows()
    world.calls.clear()
    second = connect_pair(details)
    assert dump_rows() == rows
    assert world.writes() == []
    assert second.api_token == first.api_token
    assert second.notes == ()


def test_the_same_pair_with_new_tokens_changes_only_the_tokens(world: World) -> None:
    first = connect_pair(anna(sync_from="all"))
    TikTokShop.objects.update(watermark=1700000000)
    OrderRules.objects.update(auto_sync=False, tag="Mine")
    before = dump_rows()
    world.stores[ANNA_STORE].token = "shpat_new"
    world.shops[ANNA_SHOP].token = "TTP_new"
    second = connect_pair(
        anna(
            shopify=Tokens("shpat_new"),
            tiktok=Tokens("TTP_new", LATER, "TTP_refresh_new"),
            sync_from="1600000000",
        )
    )
    after = dump_rows()
    assert {table for table in before if before[table] != after[table]} == {"shops_credential"}
    shop = TikTokShop.objects.get()
    assert shop.credential.access_token == "TTP_new"
    assert shop.credential.refresh_token == "TTP_refresh_new"
    assert shop.credential.access_expires_at == LATER
    assert shop.credential.version == 3
    assert shop.store.credential.access_token == "shpat_new"
    assert second.api_token == first.api_token


def test_a_second_pair_joins_the_merchant_of_the_same_name(world: World) -> None:
    first = connect_pair(anna())
    second = connect_pair(ben(merchant="Anna"))
    assert second.merchant == first.merchant
    assert Merchant.objects.count() == 1
    assert second.api_token == first.api_token
    assert sorted(first.merchant.tiktokshops.values_list("store__shop_domain", "region")) == [
        (ANNA_STORE, "US"),
        (BEN_STORE, "VN"),
    ]


def test_two_shops_may_feed_one_store(world: World) -> None:
    first = connect_pair(anna())
    second = connect_pair(
        ben(merchant="Anna", shopify_shop=ANNA_STORE, shopify=Tokens("shpat_good"))
    )
    assert second.store == first.store
    assert first.store.shops.count() == 2


def test_two_merchants_share_the_installations_apps(world: World) -> None:
    connect_pair(anna())
    connect_pair(ben())
    assert sorted(PlatformApp.objects.values_list("platform", "key")) == [
        ("shopify", "shopify-key"),
        ("tiktok", "tiktok-key"),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"shopify_shop": ANNA_STORE, "shopify": Tokens("shpat_good")},
            f"Shopify store {ANNA_STORE} already belongs to another merchant.",
        ),
        (
            {"tiktok_shop_id": ANNA_SHOP, "tiktok_cipher": "TTP_anna", "tiktok_region": "US"},
            f"TikTok shop {ANNA_SHOP} already belongs to another merchant.",
        ),
    ],
)
def test_what_another_merchant_owns_is_refused(
    world: World, changes: dict[str, Any], sentence: str
) -> None:
    connect_pair(anna())
    rows = dump_rows()
    world.calls.clear()
    with pytest.raises(ConfigError) as refused:
        connect_pair(ben(**changes))
    assert refused.value.message == sentence
    assert dump_rows() == rows
    assert world.calls == []


def test_a_shop_cannot_be_moved_to_another_store(world: World) -> None:
    connect_pair(anna())
    connect_pair(ben(merchant="Anna"))
    rows = dump_rows()
    with pytest.raises(ConfigError, match=f"already feeds {ANNA_STORE}"):
        connect_pair(anna(shopify_shop=BEN_STORE, shopify=Tokens("shpat_ben")))
    assert dump_rows() == rows


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"merchant": "  "}, "The merchant needs a name."),
        ({"tiktok_shop_id": "abc"}, "A TikTok shop id is a number"),
        ({"tiktok_shop_id": "１２"}, "A TikTok shop id is a number"),
        ({"tiktok_region": "USA"}, "country code of two letters"),
        ({"sync_from": "yesterday"}, "'all' or a time in Unix seconds"),
        ({"sync_from": "-5"}, "'all' or a time in Unix seconds"),
        ({"shopify_shop": "anna.example.com"}, "name.myshopify.com"),
        ({"shopify_shop": "anna.myshopify.com.evil.example"}, "name.myshopify.com"),
        ({"shopify_shop": "anna.myshopify.com\n.x"}, "name.myshopify.com"),
    ],
)
def test_nonsense_is_refused_before_anything_is_asked(
    world: World, changes: dict[str, Any], sentence: str
) -> None:
    rows = dump_rows()
    with pytest.raises(SyncError) as refused:
        connect_pair(anna(**changes))
    assert sentence in refused.value.message
    assert dump_rows() == rows
    assert world.calls == []


def test_names_are_taken_in_one_spelling(world: World) -> None:
    connect_pair(anna())
    again = connect_pair(
        anna(merchant=" Anna ", shopify_shop=" Anna.MyShopify.COM ", tiktok_region="us")
    )
    assert again.store.shop_domain == ANNA_STORE
    assert (Merchant.objects.count(), ShopifyStore.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("sync_from", "stored"),
    [("all", None), ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))],
)
def test_the_start_of_syncing_may_be_given(
    world: World, sync_from: str, stored: datetime | None
) -> None:
    assert connect_pair(anna(sync_from=sync_from)).shop.sync_from == stored


# --- what the platforms say ---


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shopify": Tokens("shpat_wrong")}, "Shopify refuses the token."),
        ({"tiktok": Tokens("TTP_wrong", refresh_token="r")}, "TikTok Shop refuses the token."),
        (
            {"tiktok": Tokens("ROW_good", refresh_token="r")},
            f"The TikTok token does not open shop {ANNA_SHOP}; the shops it opens: {BEN_SHOP}.",
        ),
        ({"tiktok_cipher": "TTP_else"}, "The cipher given for TikTok shop"),
        ({"tiktok_region": "VN"}, f"TikTok shop {ANNA_SHOP} sells in US, not in VN as given."),
    ],
)
def test_what_a_platform_contradicts_is_refused_and_nothing_is_stored(
    world: World, changes: dict[str, Any], sentence: str
) -> None:
    rows = dump_rows()
    with pytest.raises(SyncError) as refused:
        connect_pair(anna(**changes))
    assert sentence in refused.value.message
    assert dump_rows() == rows
    assert world.writes() == []


def test_a_refused_renewal_leaves_the_connection_as_it_was(world: World) -> None:
    connect_pair(anna())
    rows = dump_rows()
    with pytest.raises(NotAuthorized):
        connect_pair(anna(tiktok=Tokens("TTP_wrong", refresh_token="r")))
    assert dump_rows() == rows


def test_a_token_of_another_store_is_refused(world: World) -> None:
    world.stores[ANNA_STORE].domain = BEN_STORE
    with pytest.raises(ConfigError, match=f"belongs to {BEN_STORE}, not to {ANNA_STORE}"):
        connect_pair(anna())
    assert Merchant.objects.count() == 0


@pytest.mark.parametrize(
    "error",
    [
        Gone("No such endpoint."),
        Rejected("No such endpoint."),
        Unreachable("TikTok Shop did not answer."),
        NotAuthorized("Not granted.", account_reason="scope_missing"),
        NotAuthorized("Expired.", account_reason="token_expired"),
    ],
    ids=lambda error: f"{type(error).__name__} {getattr(error, 'account_reason', '')}",
)
def test_what_is_given_stands_when_tiktok_does_not_list_its_shops(
    world: World, error: SyncError
) -> None:
    world.errors["authorized_shops"] = error
    shop = connect_pair(anna(subscribe=False)).shop
    assert (shop.name, shop.cipher, shop.region) == ("", "TTP_anna", "US")


def test_great_britain_has_two_spellings(world: World) -> None:
    world.shops[ANNA_SHOP].region = "GB"
    assert connect_pair(anna(tiktok_region="uk")).shop.region == "UK"


def test_missing_permissions_are_told(world: World) -> None:
    world.stores[ANNA_STORE].scopes = ("read_orders", "write_products")
    assert connect_pair(anna()).notes == (
        "The Shopify app lacks permissions: write_orders, read_fulfillments, "
        "read_inventory, read_locations.",
    )


def test_a_definition_of_another_type_is_refused(world: World) -> None:
    world.stores[ANNA_STORE].definition_type = "single_line_text_field"
    with pytest.raises(ConfigError, match="of another type"):
        connect_pair(anna())
    assert ShopifyStore.objects.get().order_id_definition_at is None
    assert world.writes() == []


def test_a_definition_that_went_away_is_made_again(world: World) -> None:
    connect_pair(anna())
    world.stores[ANNA_STORE].definition_type = ""
    connect_pair(anna())
    assert world.stores[ANNA_STORE].definition_type == "id"


def test_another_shopify_app_is_noted_and_its_definition_looked_for(world: World) -> None:
    connect_pair(anna())
    ShopifyStore.objects.update(order_id_definition_at=datetime(2020, 1, 1, tzinfo=UTC))
    world.stores[ANNA_STORE].app_id = "gid://shopify/App/2"
    world.stores[ANNA_STORE].definition_type = ""
    pair = connect_pair(anna(shopify_api_key="own-key", shopify_api_secret="own-secret"))
    assert "another Shopify app than before" in pair.notes[0]
    store = ShopifyStore.objects.get()
    assert store.shopify_app_id == "gid://shopify/App/2"
    assert store.order_id_definition_at > datetime(2026, 1, 1, tzinfo=UTC)
    assert (store.app.key, store.app.secret) == ("own-key", "own-secret")
    assert world.stores[ANNA_STORE].definition_type == "id"


# --- apps ---


def test_a_store_may_bring_its_own_app(world: World) -> None:
    pair = connect_pair(anna(shopify_api_key="own-key", shopify_api_secret="own-secret"))
    assert (pair.store.app.key, pair.store.app.secret) == ("own-key", "own-secret")
    again = connect_pair(anna())
    assert ShopifyStore.objects.get().app.key == "own-key"
    assert again.notes == ()


def test_a_custom_app_may_have_a_secret_only(world: World) -> None:
    pair = connect_pair(anna(shopify_api_secret="own-secret"))
    assert (pair.store.app.key, pair.store.app.secret) == (
        f"custom app of {ANNA_STORE}",
        "own-secret",
    )


def test_a_changed_secret_leaves_the_old_one_valid(world: World, settings: Any) -> None:
    connect_pair(anna())
    settings.TIKTOK_APP_SECRET = settings.SHOPIFY_API_SECRET = "fresh"
    world.secrets.add("fresh")
    pair = connect_pair(anna())
    assert pair.shop.app.secrets == ["fresh", "tiktok-secret"]
    stored = {app.platform: app.secrets for app in PlatformApp.objects.all()}
    assert stored == {
        "tiktok": ["fresh", "tiktok-secret"],
        "shopify": ["fresh", "shopify-secret"],
    }


def test_without_any_shopify_secret_only_polling_can_be_connected(
    world: World, settings: Any
) -> None:
    settings.SHOPIFY_API_KEY = settings.SHOPIFY_API_SECRET = ""
    with pytest.raises(ConfigError, match="--no-subscribe"):
        connect_pair(anna())
    assert Merchant.objects.count() == 0
    pair = connect_pair(anna(subscribe=False))
    assert pair.store.app.secrets == []


def test_the_tiktok_app_must_be_configured(world: World, settings: Any) -> None:
    settings.TIKTOK_APP_SECRET = ""
    with pytest.raises(ConfigError, match="TIKTOK_APP_KEY and TIKTOK_APP_SECRET are missing"):
        connect_pair(anna())
    assert Merchant.objects.count() == 0


# --- tokens and lost connections ---


def test_tokens_renewed_here_are_not_replaced_by_older_ones(world: World) -> None:
    given = Tokens("TTP_good", LATER, "TTP_refresh")
    connect_pair(anna(tiktok=given))
    world.shops[ANNA_SHOP].token = "TTP_renewed"
    Credential.objects.filter(shop__shop_id=ANNA_SHOP).update(
        access_token="TTP_renewed",
        refresh_token="TTP_refresh_renewed",
        access_expires_at=LATER + timedelta(days=7),
        renewed_at=LATER,
    )
    rows = dump_rows()
    pair = connect_pair(anna(tiktok=given))
    assert dump_rows() == rows
    assert pair.notes == (
        "The tokens stored for Anna on TikTok are newer than those given and stay.",
    )


def renew_at_anna(world: World, **changes: Any) -> None:
    """As refresh_tokens leaves them: a new pair, and the old one dead over there."""
    world.shops[ANNA_SHOP].token = "TTP_renewed"
    Credential.objects.filter(shop__shop_id=ANNA_SHOP).update(
        access_token="TTP_renewed",
        refresh_token="TTP_refresh_renewed",
        renewed_at=datetime(2026, 11, 1, tzinfo=UTC),
        **changes,
    )


def test_given_tokens_that_are_dead_do_not_replace_renewed_ones(world: World) -> None:
    connect_pair(anna())
    renew_at_anna(world)
    rows = dump_rows()
    pair = connect_pair(anna())
    assert dump_rows() == rows
    assert pair.notes == (
        "The tokens stored for Anna on TikTok are newer than those given and stay.",
    )


def test_given_tokens_that_have_expired_do_not_replace_renewed_ones(world: World) -> None:
    connect_pair(anna())
    renew_at_anna(world)
    world.expired.add("TTP_good")
    assert connect_pair(anna()).shop.credential.access_token == "TTP_renewed"


def test_a_new_authorization_replaces_renewed_tokens(world: World) -> None:
    connect_pair(anna())
    renew_at_anna(world)
    world.shops[ANNA_SHOP].token = "TTP_again"
    pair = connect_pair(anna(tiktok=Tokens("TTP_again", refresh_token="TTP_refresh_again")))
    assert Credential.objects.get(shop=pair.shop).access_token == "TTP_again"
    assert pair.notes == ()


def test_a_new_authorization_that_ends_sooner_replaces_renewed_tokens_that_are_dead(
    world: World,
) -> None:
    connect_pair(anna())
    renew_at_anna(world, access_expires_at=LATER + timedelta(days=7))
    world.shops[ANNA_SHOP].token = "TTP_again"
    pair = connect_pair(anna(tiktok=Tokens("TTP_again", LATER, "TTP_refresh_again")))
    stored = Credential.objects.get(shop=pair.shop)
    assert (stored.access_token, stored.refresh_token) == ("TTP_again", "TTP_refresh_again")
    assert pair.notes == ()


def test_given_tokens_that_have_expired_do_not_replace_renewed_ones_that_have_expired_too(
    world: World,
) -> None:
    connect_pair(anna(tiktok=Tokens("TTP_good", LATER, "TTP_refresh")))
    renew_at_anna(world, access_expires_at=LATER + timedelta(days=7))
    world.expired |= {"TTP_good", "TTP_renewed"}
    rows = dump_rows()
    with pytest.raises(NotAuthorized):
        connect_pair(anna(tiktok=Tokens("TTP_good", LATER, "TTP_refresh")))
    assert dump_rows() == rows


def test_when_neither_given_nor_renewed_tokens_work_it_is_refused(world: World) -> None:
    connect_pair(anna())
    renew_at_anna(world)
    world.shops[ANNA_SHOP].token = "nobody has it"
    rows = dump_rows()
    with pytest.raises(NotAuthorized):
        connect_pair(anna())
    assert dump_rows() == rows


def test_a_lost_connection_is_well_again_after_connecting(world: World) -> None:
    connect_pair(anna())
    lost_at = datetime(2026, 1, 2, tzinfo=UTC)
    for model in (TikTokShop, ShopifyStore):
        model.objects.update(
            auth_lost_at=lost_at, paused_reason="Gone.", failures=4, connected_at=lost_at
        )
    connect_pair(anna())
    for model in (TikTokShop, ShopifyStore):
        account = model.objects.get()
        assert (account.health, account.paused_reason, account.failures) == ("ok", "", 0)
        assert account.connected_at > lost_at


def test_new_tokens_end_a_pause_and_the_same_tokens_do_not(world: World) -> None:
    connect_pair(anna())
    until = datetime.now(UTC) + timedelta(minutes=10)
    TikTokShop.objects.update(paused_until=until, paused_reason="Refused.")
    connect_pair(anna())
    assert TikTokShop.objects.get().paused_until == until
    world.shops[ANNA_SHOP].token = "TTP_new"
    connect_pair(anna(tiktok=Tokens("TTP_new", refresh_token="r")))
    shop = TikTokShop.objects.get()
    assert (shop.paused_until, shop.paused_reason) == (None, "")


@pytest.mark.parametrize("status", [SyncStatus.FAILED, SyncStatus.SENDING])
def test_a_failed_or_running_renewal_starts_afresh_with_new_tokens(
    world: World, status: SyncStatus
) -> None:
    connect_pair(anna())
    credential = Credential.objects.get(shop__shop_id=ANNA_SHOP)
    assert credential.sync_status == SyncStatus.PENDING
    if status == SyncStatus.SENDING:
        statuses.claim([credential], datetime.now(UTC))
    else:
        assert statuses.move(credential, status, failure_kind="auth")
    world.shops[ANNA_SHOP].token = "TTP_new"
    connect_pair(anna(tiktok=Tokens("TTP_new", LATER, "TTP_refresh_new")))
    credential.refresh_from_db()
    assert credential.sync_status == SyncStatus.PENDING
    assert (credential.failure_kind, credential.access_token) == ("", "TTP_new")
    assert credential.next_attempt_at is not None
    assert datetime.now(UTC) < credential.next_attempt_at < LATER


# --- people ---


def test_an_owner_without_a_password_cannot_sign_in_yet(world: World) -> None:
    connect_pair(anna(owner_email="anna@example.com"))
    user = get_user_model().objects.get()
    assert (user.username, user.email) == ("anna@example.com", "anna@example.com")
    assert not user.has_usable_password()
    membership = Membership.objects.get()
    assert (membership.user, membership.role, membership.merchant.name) == (user, "owner", "Anna")


def test_an_owners_password_is_set_once(world: World) -> None:
    connect_pair(anna(owner_email="anna@example.com"))
    connect_pair(anna(owner_email="Anna@Example.com", owner_password="first secret"))
    connect_pair(anna(owner_email="anna@example.com", owner_password="second secret"))
    user = get_user_model().objects.get()
    assert user.check_password("first secret")
    assert Membership.objects.count() == 1


def test_an_existing_role_is_not_raised(world: World) -> None:
    pair = connect_pair(anna())
    user = get_user_model().objects.create_user("viewer@example.com", "viewer@example.com", "x")
    Membership.objects.create(merchant=pair.merchant, user=user, role="viewer")
    connect_pair(anna(owner_email="viewer@example.com"))
    assert Membership.objects.get().role == "viewer"


def test_a_store_nobody_knows_cannot_take_a_known_domain(world: World) -> None:
    connect_pair(anna())
    world.stores["third.myshopify.com"] = StoreOverThere("third.myshopify.com", token="t")
    third = connect_pair(
        ben(merchant="Carl", shopify_shop="third.myshopify.com", shopify=Tokens("t"))
    )
    assert third.merchant.name == "Carl"
    assert ShopifyStore.objects.count() == 2


def test_a_new_stores_variants_are_read_and_a_known_ones_stay(world: World) -> None:
    connect_pair(anna())
    assert ShopifyStore.objects.get().variants_wanted_at is not None
    ShopifyStore.objects.update(variants_wanted_at=None)
    connect_pair(anna())
    assert ShopifyStore.objects.get().variants_wanted_at is None
