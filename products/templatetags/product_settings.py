"""The products card of the settings page."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, MultipleChoiceField
from django.template import Context

from orders.frame import frame_of
from products.forms import ProductRulesForm
from products.shown_lines import rules_of
from products.views_settings import example_of, prefix_of

register = template.Library()


@register.inclusion_tag("settings/_products.html", takes_context=True)
def product_settings(context: Context) -> dict[str, Any]:
    """The rules of each shop as a form; `product_forms` holds those sent with mistakes."""
    request: Any = context["request"]
    sent: dict[int, ProductRulesForm] = context.get("product_forms") or {}
    shops = frame_of(request).shops
    rules = rules_of(shops)
    parts = []
    for shop in shops:
        form = sent.get(shop.pk) or ProductRulesForm(
            instance=rules[shop.pk], prefix=prefix_of(shop)
        )
        for field in form.fields.values():
            field.disabled = not request.membership.may_act
        parts.append((shop, form, example_of(shop)))
    return {
        "product_settings": parts,
        "membership": request.membership,
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether a field is a group of boxes to tick."""
    return isinstance(field.field, MultipleChoiceField)
