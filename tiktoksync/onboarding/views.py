"""The pages of the setup up to the rehearsal: an overview, and a page for each step."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from orders.forms import BackfillForm
from orders.models import Order
from orders.services.rules import order_rules
from orders.views_backfill import gather_run as gather_backfill
from products.models import Link
from products.services.link_pairs import living_skus
from products.services.link_runs import are_read
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.connecting.services.journeys import pending_install
from tiktoksync.connecting.views_tiktok import REGIONS
from tiktoksync.onboarding import presets
from tiktoksync.onboarding.frame import frame_facts, setup_for, show_step
from tiktoksync.onboarding.preview import Preview, newest_orders, preview_order
from tiktoksync.onboarding.services.places import read_places
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.shown import gather_run
from tiktoksync.shops.models import OrderRules, TikTokShop
from tiktoksync.tiktok.enums import OrderStatus
from tiktoksync.web_access import MerchantRequest, merchant_page

ORDERS_TO_CHOOSE = 20
UNRESOLVED = 50
RELEASED = OrderStatus.AWAITING_SHIPMENT.value


@merchant_page
def show_setup(request: MerchantRequest) -> HttpResponse:
    """The overview: what is done, what comes next, and how long it takes."""
    return render(request, "onboarding/welcome.html", frame_facts(request, setup_for(request)))


@merchant_page
def show_shopify(request: MerchantRequest) -> HttpResponse:
    """Step 1: the store's address, and on to Shopify."""
    asked_for = request.GET.get("shop", "") or pending_install(request.session)
    return show_step(request, setup_for(request), "shopify", {"asked_for": asked_for})


@merchant_page
def show_tiktok(request: MerchantRequest) -> HttpResponse:
    """Step 2: the region, who has to log in, and on to TikTok."""
    return show_step(request, setup_for(request), "tiktok", {"regions": REGIONS})


@merchant_page
def show_preflight(request: MerchantRequest) -> HttpResponse:
    """Step 3: what was found when both sides were last looked over."""
    setup = setup_for(request)
    rows = PreflightCheck.objects.filter(shop=setup.shop) if setup.shop else []
    return show_step(request, setup, "preflight", {"checks": list(rows)})


@merchant_page
def show_places(request: MerchantRequest) -> HttpResponse:
    """Step 4: locations and carriers, with suggestions filled in."""
    setup = setup_for(request)
    facts = {"places": read_places(setup.shop) if setup.shop else None}
    return show_step(request, setup, "places", facts)


@merchant_page
def show_products(request: MerchantRequest) -> HttpResponse:
    """Step 5: what would be linked, what cannot be; its fragment while a run is under way."""
    setup = setup_for(request)
    facts = _gather_products(setup.shop) if setup.shop else {}
    if request.htmx:
        return show_step(request, setup, "products", facts, "_products")
    return show_step(request, setup, "products", facts)


@merchant_page
def show_rules(request: MerchantRequest) -> HttpResponse:
    """Step 6: the presets, and one order under the one that is looked at."""
    setup = setup_for(request)
    facts = _gather_rules(request, setup.shop) if setup.shop else {}
    if request.htmx:
        return show_step(request, setup, "rules", facts, "_rules")
    return show_step(request, setup, "rules", facts)


@merchant_page
def show_backfill(request: MerchantRequest) -> HttpResponse:
    """Step 7: the days to look at, and what was found in them."""
    setup = setup_for(request)
    facts: dict[str, Any] = {}
    if setup.shop:
        run = last_run(setup.shop, Run.Kind.BACKFILL)
        facts = {"form": BackfillForm(shops=[setup.shop]), **gather_backfill(run)}
    return show_step(request, setup, "backfill", facts)


def last_run(shop: TikTokShop, kind: Run.Kind) -> Run | None:
    """The newest run of a kind."""
    runs = Run.objects.filter(shop=shop, kind=kind).select_related("shop", "started_by")
    return runs.order_by("-pk").first()


def _gather_products(shop: TikTokShop) -> dict[str, Any]:
    """How many SKUs are linked, and what the last run of linking says of the others."""
    run = last_run(shop, Run.Kind.LINK)
    skus = living_skus(shop)
    links = Link.objects.filter(shop=shop).order_by().values("tiktok_sku_id")
    return {
        "is_read": are_read(shop),
        "sku_count": skus.count(),
        "linked_count": skus.filter(tiktok_sku_id__in=links).count(),
        "pairs": _items(run, RunItem.State.WAITING),
        "unresolved": _items(run, RunItem.State.SKIPPED),
        **(gather_run(run) if run else {"run": None}),
    }


def _items(run: Run | None, state: str) -> list[RunItem]:
    if run is None:
        return []
    return list(run.items.filter(state=state).order_by("position", "pk")[:UNRESOLVED])


def _gather_rules(request: MerchantRequest, shop: TikTokShop) -> dict[str, Any]:
    """The presets, exactly what each sets, and one order under the one that is looked at."""
    rules = order_rules(shop)
    current = presets.preset_of(rules)
    wanted = presets.BY_KEY.get(request.GET.get("preset", ""), current)
    looked_at = presets.with_rules(shop, presets.apply_preset(rules, wanted) if wanted else rules)
    orders = newest_orders(shop, ORDERS_TO_CHOOSE)
    chosen = _choose(shop, orders, request.GET.get("order", ""))
    offered = [_offer(preset, rules, current) for preset in presets.PRESETS]
    return {
        "presets": offered,
        "compared": presets.compare(rules),
        "changed_lines": [
            line for line in (presets.lines(wanted, rules) if wanted else []) if line.changes
        ],
        "wanted": wanted,
        "own_rules": current is None,
        "orders": orders,
        "chosen": chosen,
        "preview": _preview(looked_at, chosen),
    }


def _offer(
    preset: presets.Preset, rules: OrderRules, current: presets.Preset | None
) -> tuple[presets.Preset, list[presets.Line], int, bool]:
    """A preset with what it sets, how much of that is a change, and whether it is set now."""
    lines = presets.lines(preset, rules)
    return preset, lines, sum(line.changes for line in lines), preset is current


def _choose(shop: TikTokShop, orders: list[Order], named: str) -> Order | None:
    """The order that is named, if it is one of the shop's; else the newest that was released."""
    named = named.replace("\x00", "").strip()[:64]
    known = next((order for order in orders if order.tiktok_order_id == named), None)
    if known is None and named:
        known = Order.objects.filter(
            shop=shop, tiktok_order_id=named, personal_data_erased_at=None
        ).first()
    released = (order for order in orders if order.tiktok_status == RELEASED)
    return known or next(released, orders[0] if orders else None)


def _preview(shop: TikTokShop, order: Order | None) -> Preview | None:
    return preview_order(shop, order, timezone.now()) if order else None
