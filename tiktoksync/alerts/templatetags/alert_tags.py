"""The bell of every page."""

from __future__ import annotations

from django import template
from django.template import Context

from tiktoksync.alerts.shown import Bell, gather_bell

register = template.Library()


@register.simple_tag(takes_context=True)
def alert_bell(context: Context) -> Bell:
    """What the bell shows to the person who looks."""
    return gather_bell(context["request"].membership)
