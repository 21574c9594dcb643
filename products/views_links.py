"""Links by hand: the picker, making and changing a link, and taking one away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from orders.models import Order
from products import catalogue
from products.models import InventoryLevel, Link, ListingSku, Variant
from products.services import links
from products.services.link_suggestions import Suggestion, suggest
from products.views import clean_words
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key


@merchant_page
def pick_variant(request: MerchantRequest, shop_id: str, tiktok_sku_id: str) -> HttpResponse:
    """Choose the Shopify variant for a TikTok SKU; typing refreshes the list alone."""
    shop = find_shop(request, shop_id)
    sku = catalogue.find_sku(shop, tiktok_sku_id)
    if sku is None:
        raise Http404("No order and no listing names this SKU.")
    words = clean_words(request.GET.get("q", ""))
    variants = catalogue.suggest_variants(sku, words)
    link = find_link(shop, tiktok_sku_id)
    listed = find_listed(shop, tiktok_sku_id)
    hint = None
    if link and [one.pk for one in variants] == [link.variant_id] and not words:
        variants = list(catalogue.find_variants(shop, "")[: catalogue.PICKED])
    elif listed and not link and not words:
        hint = suggest(shop, [listed]).get(listed.pk)
        variants = put_first(hint, variants)
    context = {
        "sku": sku,
        "words": words,
        "variants": variants,
        "picks": gather_picks(shop, variants),
        "picture": (listed.image or listed.listing.cover) if listed else "",
        "hint": hint,
        "link": link,
        "order": find_order(request, shop),
    }
    template = "products/_variants.html" if request.htmx else "products/link.html"
    return render(request, template, context)


def find_listed(shop: TikTokShop, tiktok_sku_id: str) -> ListingSku | None:
    """A TikTok SKU as its listing has it."""
    listed = ListingSku.objects.filter(shop=shop, tiktok_sku_id=tiktok_sku_id)
    return listed.select_related("listing").first()


def put_first(hint: Suggestion | None, variants: list[Variant]) -> list[Variant]:
    """The variants with the suggested one in front."""
    if hint is None or hint.variant_id in [one.pk for one in variants[:1]]:
        return variants
    hinted = list(Variant.objects.filter(pk=hint.variant_id).select_related("product"))
    return hinted + [one for one in variants if one.pk != hint.variant_id]


def gather_picks(
    shop: TikTokShop, variants: list[Variant]
) -> list[tuple[Variant, int | None, Any]]:
    """The variants with their stock, and with what each is linked to in this shop already."""
    levels = InventoryLevel.objects.filter(
        store=shop.store_id, inventory_item_id__in={one.inventory_item_id for one in variants}
    )
    sums = levels.order_by().values("inventory_item_id").annotate(units=Sum("available"))
    stock = dict(sums.values_list("inventory_item_id", "units"))
    made = Link.objects.filter(shop=shop, variant__in=variants).order_by("pk")
    linked = {link.variant_id: link for link in made.select_related("variant", "created_by")}
    return [(one, stock.get(one.inventory_item_id), linked.get(one.pk)) for one in variants]


@merchant_action
def make_link(request: MerchantRequest, shop_id: str, tiktok_sku_id: str) -> HttpResponse:
    """Link a TikTok SKU to the chosen variant, or lead the link that it has to it."""
    shop = find_shop(request, shop_id)
    variants = Variant.objects.filter(store=shop.store_id)
    variant = get_object_or_404(variants, pk=read_key(request.POST.get("variant", "")))
    order = find_order(request, shop)
    origin = Link.Origin.FROM_ORDER if order else Link.Origin.BY_HAND
    changed = _link_to_change(request, shop, tiktok_sku_id)
    try:
        if changed:
            links.change_link(changed, variant, user=request.user)
        else:
            links.make_link(shop, tiktok_sku_id, variant, origin=origin, user=request.user)
    except links.LinkConflict as conflict:
        messages.error(request, str(conflict))
        return redirect(_picker(shop_id, tiktok_sku_id, order))
    messages.success(request, "Linked. Orders that waited for this SKU go on by themselves.")
    return redirect(order_page(order) if order else _listing_or_list(shop, tiktok_sku_id))


def _link_to_change(request: MerchantRequest, shop: TikTokShop, sku_id: str) -> Link | None:
    """The link that the page said it would change; one made meanwhile is not meant."""
    key = read_key(request.POST.get("change", ""))
    found = Link.objects.filter(pk=key, shop=shop, tiktok_sku_id=sku_id) if key else None
    return found.select_related("shop__store", "variant").first() if found is not None else None


def _picker(shop_id: str, tiktok_sku_id: str, order: Order | None) -> str:
    address = reverse("product-link", args=[shop_id, tiktok_sku_id])
    return f"{address}?order={order.tiktok_order_id}" if order else address


def _listing_or_list(shop: TikTokShop, tiktok_sku_id: str) -> str:
    """Where a person goes on: the listing if it has been read, else the list."""
    sku = find_listed(shop, tiktok_sku_id)
    if sku is None:
        return reverse("products")
    return reverse("listing-page", args=[shop.shop_id, sku.listing.tiktok_product_id])


@merchant_page
def confirm_unlink(request: MerchantRequest, link_id: int) -> HttpResponse:
    """What it means to take a link away, before it is done."""
    link = find_own_link(request, link_id)
    sku = catalogue.find_sku(link.shop, link.tiktok_sku_id)
    context = {"link": link, "sku": sku, "effect": links.unlink_effect(link)}
    return render(request, "products/unlink.html", context)


@merchant_action
def remove_link(request: MerchantRequest, link_id: int) -> HttpResponse:
    """Take a link away; both products stay as they are."""
    link = find_own_link(request, link_id)
    links.remove_link(link, user=request.user)
    messages.success(request, "Unlinked. New orders with this SKU wait until it is linked again.")
    return redirect(f"{reverse('products')}?tab=linked")


def find_own_link(request: MerchantRequest, link_id: int) -> Link:
    """The merchant's link of that row."""
    beside = ("shop__store", "variant__product", "created_by")
    own = Link.objects.select_related(*beside)
    return get_object_or_404(own, pk=link_id, shop__merchant=request.merchant)


def find_link(shop: TikTokShop, tiktok_sku_id: str) -> Link | None:
    """The link of a TikTok SKU."""
    found = Link.objects.filter(shop=shop, tiktok_sku_id=tiktok_sku_id)
    return found.select_related("variant__product", "created_by").first()


def find_shop(request: MerchantRequest, shop_id: str) -> TikTokShop:
    """The merchant's shop of that id."""
    shops = TikTokShop.objects.select_related("store")
    return get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)


def find_order(request: MerchantRequest, shop: TikTokShop) -> Order | None:
    """The order that somebody comes from, if the address names one of this shop."""
    named = request.GET.get("order", "") or request.POST.get("order", "")
    named = named.replace("\x00", "")[:40]
    if not named:
        return None
    return Order.objects.filter(shop=shop, tiktok_order_id=named).select_related("shop").first()


def order_page(order: Order) -> str:
    """The page of an order."""
    return f"{reverse('order', args=[order.tiktok_order_id])}?shop={order.shop.shop_id}"
