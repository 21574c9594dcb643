"""Every page of the admin opens, for every model, with rows in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    ExternalReference,
    LinePart,
    ListLayout,
    Order,
    OrderComment,
    OrderTag,
    Package,
    PackageFulfillment,
    Refund,
    Return,
    SavedView,
    SellerCancellation,
)
from products.models import (
    ImageSource,
    InventoryLevel,
    Listing,
    ListingSku,
    ListingTask,
    Location,
    Product,
    ProductImport,
    ProductRules,
    ProductUpload,
    RemovedLink,
    SkuLookup,
    UploadedImage,
    UploadTemplate,
    Variant,
)
from tests.admin.places import MODELS, label, page
from tests.api.cast import (
    Cast,
    Side,
    make_change,
    make_fulfillment,
    make_line,
    make_link,
    make_order,
    make_variant,
)
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, AlertSeen, Letter
from tiktoksync.connecting.models import ConsentJourney, PreflightCheck, TikTokGrant
from tiktoksync.onboarding.models import DryRun, Rehearsal, SetupProgress
from tiktoksync.privacy.models import Export, ExportPart, PrivacyRequest
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.shops.models import (
    CancelReasonMapping,
    CarrierMapping,
    ConsentWarning,
    Credential,
    Membership,
    Merchant,
    SettingsChange,
    ShippingProvider,
)
from tiktoksync.support.models import FailureEntry, MerchantNote, Reveal, ViewAs
from tiktoksync.support.services.staff_actions import note_staff_action
from tiktoksync.sync.models import Attempt, LaneLease
from tiktoksync.webhooks.models import Delivery

PEOPLE = [apps.get_model("auth", "User"), apps.get_model("auth", "Group")]


def make_product_work(side: Side, listing: Listing) -> None:
    """A row of every model of product work."""
    variant = Variant.objects.get()
    Location.objects.create(store=side.store, shopify_location_id="l1")
    InventoryLevel.objects.create(
        store=side.store, inventory_item_id="i1", shopify_location_id="l1", available=3
    )
    RemovedLink.objects.create(
        shop=side.shop, tiktok_sku_id="7", variant=variant, origin="same_sku"
    )
    ProductUpload.objects.create(shop=side.shop, product=Product.objects.get())
    ProductImport.objects.create(listing=listing)
    ListingTask.objects.create(listing=listing, kind="stock")
    ImageSource.objects.create(shop=side.shop, url="https://cdn.example/a.png", checksum="c")
    UploadedImage.objects.create(shop=side.shop, use_case="MAIN_IMAGE", checksum="c", uri="u")
    ProductRules.objects.create(shop=side.shop)
    UploadTemplate.objects.create(shop=side.shop, name="Mugs")


def make_desk(side: Side, order: Order, membership: Membership) -> None:
    """A row of every model of what people keep beside orders."""
    merchant = side.merchant
    SettingsChange.objects.create(merchant=merchant, section="orders", who="anna")
    SavedView.objects.create(merchant=merchant, name="Late", query="q=1")
    ListLayout.objects.create(membership=membership)
    OrderComment.objects.create(order=order, who="anna", text="Call them.")
    OrderTag.objects.create(order=order, name="gift")


def make_rooms(side: Side, user: User) -> None:
    """A row of every model of connecting, going live, privacy and support."""
    merchant, shop, soon = side.merchant, side.shop, timezone.now() + timedelta(hours=1)
    ConsentJourney.objects.create(
        platform="tiktok", merchant=merchant, state_digest="s", session_digest="t", expires_at=soon
    )
    TikTokGrant.objects.create(
        merchant=merchant,
        app=shop.app,
        access_token="a",
        refresh_token="r",
        access_expires_at=soon,
        refresh_expires_at=soon,
    )
    PreflightCheck.objects.create(shop=shop, key="currency", light="red", words="It differs.")
    SetupProgress.objects.create(merchant=merchant)
    Rehearsal.objects.create(shop=shop)
    DryRun.objects.create(shop=shop, ends_at=soon)
    request = PrivacyRequest.objects.create(kind="export", merchant=merchant)
    export = Export.objects.create(request=request, name="all.zip", expires_at=soon)
    ExportPart.objects.create(export=export, number=1, content=b"")
    note_staff_action(user, merchant, "retry", "Retried.", "Ticket 4711")
    ViewAs.objects.create(merchant=merchant, user=user, reason="Ticket", expires_at=soon)
    Reveal.objects.create(merchant=merchant, user=user, subject="orders.order", expires_at=soon)
    MerchantNote.objects.create(merchant=merchant, text="Calls on Mondays.")
    FailureEntry.objects.create(key="orders/block/sku_unlinked", group="Orders", code="sku")


def make_alert(side: Side, owner: Membership) -> None:
    """An alert, and all that a person did with it."""
    alert = Alert.objects.create(merchant=side.merchant, kind="blocked", cause="x", title="X")
    AlertSeen.objects.create(alert=alert, user=owner.user)
    AlertChoice.objects.create(membership=owner, kind="blocked")
    AlertHours.objects.create(membership=owner)
    Letter.objects.create(membership=owner, kind="at_once").alerts.add(alert)


@pytest.fixture
def full(cast: Cast, admin_user: User) -> Cast:
    """A row of every model."""
    side = cast.anna
    order = make_order(side.shop, "5764", sync_status="failed", failure_code="sku_unlinked")
    line = make_line(order, variant=make_variant(side.store))
    LinePart.objects.create(line=line, tiktok_sku_id="1", seller_sku="A")
    package = Package.objects.create(order=order, tiktok_package_id="1")
    PackageFulfillment.objects.create(order=order, package=package)
    AddressChange.objects.create(order=order, fingerprint="f")
    make_fulfillment(order)
    Cancellation.objects.create(order=order)
    CancelRequest.objects.create(order=order, cancel_id="4035")
    SellerCancellation.objects.create(order=order)
    Return.objects.create(order=order, return_id="4036")
    Refund.objects.create(order=order, source="return", source_id="4036")
    ExternalReference.objects.create(order=order)
    make_change(order, "sync", "pending", "failed", actor="staff", user=admin_user)
    make_link(side.shop, order.line_items.get().variant)
    listing = Listing.objects.create(shop=side.shop, tiktok_product_id="9")
    ListingSku.objects.create(shop=side.shop, listing=listing, tiktok_sku_id="1")
    SkuLookup.objects.create(store=side.store, sku="A", sku_key="a")
    make_product_work(side, listing)
    owner = Membership.objects.create(merchant=side.merchant, user=admin_user, role="owner")
    make_desk(side, order, owner)
    make_rooms(side, admin_user)
    make_alert(side, owner)
    CarrierMapping.objects.create(shop=side.shop, carrier="UPS", provider_name="UPS")
    CancelReasonMapping.objects.create(shop=side.shop, kind="whom", reason="BUYER", becomes="FRAUD")
    ConsentWarning.objects.create(
        credential=Credential.objects.get(shop=side.shop), threshold_days=30, ends_on="2026-12-23"
    )
    ShippingProvider.objects.create(
        shop=side.shop, delivery_option_id="1", provider_id="2", name="UPS"
    )
    Attempt.objects.create(
        flow="push_orders",
        subject="orders.order",
        subject_id=order.pk,
        number=1,
        started_at=timezone.now(),
    )
    LaneLease.objects.create(key="push_orders:1")
    run = Run.objects.create(merchant=side.merchant, shop=side.shop, kind="backfill")
    RunItem.objects.create(run=run, remote_id="5764")
    Delivery.objects.create(source="tiktok", delivery_id="1", body_hash="1", topic="1", body="{}")
    return cast


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_model_has_a_page(model: type[Model]) -> None:
    assert admin.site.is_registered(model)


@pytest.mark.parametrize("model", MODELS + PEOPLE, ids=label)
def test_lists_forms_and_searches_open(root: Client, full: Cast, model: type[Model]) -> None:
    row = model._default_manager.order_by("pk").first()
    if row is None:
        row = apps.get_model("auth", "Group").objects.create(name="Support")

    listed = root.get(page(model, "changelist"))
    assert listed.status_code == 200
    assert "TikTokSync" in listed.content.decode()
    assert root.get(page(model, "changelist"), {"q": "5764"}).status_code == 200
    shown = root.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    added = root.get(page(model, "add"))
    site_page = admin.site.get_model_admin(model)
    may_add = site_page.has_add_permission(shown.wsgi_request)
    assert added.status_code == (200 if may_add else 403)
    assert root.get(page(model, "history", row.pk)).status_code == 200


def trouble_filters() -> list[Any]:
    found = []
    for model in MODELS:
        filters = admin.site.get_model_admin(model).list_filter
        if filters and hasattr(filters[0], "kinds"):
            found += [(model, kind) for kind in ("any", *filters[0].kinds)]
    return found


@pytest.mark.parametrize(("model", "kind"), trouble_filters(), ids=str)
def test_every_trouble_filter_works(
    root: Client, full: Cast, model: type[Model], kind: str
) -> None:
    response = root.get(page(model, "changelist"), {"trouble": kind})

    assert response.status_code == 200
    assert response.context["cl"].get_filters_params()["trouble"] == [kind]


def test_fifty_merchants_cost_few_queries(
    root: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        Merchant.objects.create(name=str(number))

    with django_assert_max_num_queries(8):
        root.get(page(Merchant, "changelist"))


def test_fifty_orders_cost_few_queries(
    root: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        make_line(make_order(cast.anna.shop, str(number)))

    with django_assert_max_num_queries(8):
        response = root.get(page(apps.get_model("orders", "Order"), "changelist"))

    assert len(response.context["cl"].result_list) == 50


def test_the_first_page_lists_our_rooms_and_the_queues(root: Client, cast: Cast) -> None:
    content = root.get("/admin/").content.decode()

    for address in ("/admin/orders/order/", "/admin/shops/merchant/", "/admin/sync/attempt/"):
        assert f'href="{address}"' in content
    assert 'href="/admin/django_rq/dashboard/"' in content


def test_the_admin_has_a_looser_policy_and_the_rest_has_not(root: Client, cast: Cast) -> None:
    assert "Content-Security-Policy" not in root.get("/admin/")
    assert "Content-Security-Policy" in root.get("/healthz")


@pytest.mark.parametrize("address", ["/admin/", "/admin/orders/order/"])
def test_staff_sign_in_as_everybody_does_and_come_back(client: Client, address: str) -> None:
    ways = [way for way, _ in client.get(address, follow=True).redirect_chain]
    assert ways[-1].startswith("/sign-in/?next=")
    assert address in unquote(ways[-1])


def test_the_first_page_leads_to_trouble(root: Client, cast: Cast) -> None:
    content = root.get("/admin/").content.decode()

    addresses = re.findall(r'href="(/admin/[^"]+\?trouble=[a-z]+)"', content)
    assert len(addresses) == 6
    for address in addresses:
        assert root.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/admin/orders/order/", "/admin/shops/credential/"])
def test_a_merchant_is_not_support_staff(
    client: Client, cast: Cast, django_user_model: Any, address: str
) -> None:
    user = django_user_model.objects.create_user("anna", password="x")
    Membership.objects.create(merchant=cast.anna.merchant, user=user, role="owner")
    client.force_login(user)

    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
