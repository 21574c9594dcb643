"""Upload templates: what is said of products where Shopify does not say it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from orders.frame import frame_of
from products.forms import UploadTemplateForm
from products.models import Listing, ProductUpload, UploadTemplate
from products.views_settings import find_shop
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key

KNOWN = 200


@merchant_page
def list_templates(request: MerchantRequest) -> HttpResponse:
    """The upload templates of all shops."""
    shops = frame_of(request).shops
    templates = UploadTemplate.objects.filter(shop__in=shops).select_related("shop")
    context = {"shops": shops, "templates": templates.order_by("shop", "name")}
    return render(request, "products/templates.html", context)


@merchant_page
def add_template(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """An empty form."""
    shop = find_shop(request, shop_id)
    return _show(request, UploadTemplateForm(instance=UploadTemplate(shop=shop)), shop)


@merchant_page
def show_template(request: MerchantRequest, template_id: int) -> HttpResponse:
    """One template to look at and to change."""
    template = find_template(request, template_id)
    return _show(request, UploadTemplateForm(instance=template), template.shop)


@merchant_action
def save_template(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep a new template, or the one that the form names."""
    shop = find_shop(request, shop_id)
    template = UploadTemplate(shop=shop)
    if key := request.POST.get("template", ""):
        own = UploadTemplate.objects.filter(shop=shop)
        template = get_object_or_404(own, pk=read_key(key))
    form = UploadTemplateForm(request.POST, instance=template)
    if not form.is_valid():
        return _show(request, form, shop, status=422)
    form.save()
    messages.success(request, f"Saved the template “{template.name}”.")
    return redirect("upload-templates")


@merchant_action
def delete_template(request: MerchantRequest, template_id: int) -> HttpResponse:
    """Forget a template; products that were listed with it stay as they are."""
    template = find_template(request, template_id)
    template.delete()
    messages.success(request, f"Deleted the template “{template.name}”.")
    return redirect("upload-templates")


def find_template(request: MerchantRequest, template_id: int) -> UploadTemplate:
    """The merchant's template of that row."""
    own = UploadTemplate.objects.filter(shop__merchant=request.merchant)
    return get_object_or_404(own.select_related("shop"), pk=template_id)


def _show(
    request: MerchantRequest, form: UploadTemplateForm, shop: TikTokShop, status: int = 200
) -> HttpResponse:
    for field in form.fields.values():
        field.disabled = not request.membership.may_act
    context = {"form": form, "shop": shop, "known": known_categories(shop)}
    return render(request, "products/template.html", context, status=status)


def known_categories(shop: TikTokShop) -> list[tuple[str, str]]:
    """Categories that listings of the shop stand in, or that TikTok recommended for uploads."""
    found: dict[str, str] = {}
    sources: tuple[Any, ...] = (ProductUpload.objects, Listing.objects)
    for rows in sources:
        named = rows.filter(shop=shop).exclude(category_id="").order_by()
        pairs = named.values_list("category_id", "category_name").distinct()
        found |= dict(pairs[:KNOWN])
    return sorted(found.items(), key=lambda pair: pair[1])
