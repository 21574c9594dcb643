"""Pictures of products on pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from tiktoksync.pictures.addresses import picture_address

register = template.Library()


@register.inclusion_tag("shared/_thumb.html", takes_context=True)
def thumb(context: Context, url: str, large: bool = False) -> dict[str, Any]:
    """The copy of a platform's picture, loaded when it comes into view; else a stand-in."""
    request = getattr(context, "request", None) or context.get("request")
    merchant = getattr(request, "merchant", None)
    address = picture_address(merchant, url) if merchant else ""
    return {"address": address, "large": large}
