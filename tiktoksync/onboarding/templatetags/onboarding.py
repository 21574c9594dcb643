"""The setup card, and the badges of the setup's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import Context

from orders.presentation import Badge
from tiktoksync.onboarding import shown
from tiktoksync.onboarding.card import card_facts
from tiktoksync.onboarding.services.progress import StepState

register = template.Library()


@register.inclusion_tag("onboarding/_setup_card.html", takes_context=True)
def setup_card(context: Context) -> dict[str, Any]:
    """The guide to a live shop, until the newest one is live."""
    request: Any = context["request"]
    return {**card_facts(request), "csrf_token": get_token(request)}


@register.inclusion_tag("shared/_status_badge.html")
def fate_badge(fate: str) -> dict[str, Badge]:
    """What would become of an order."""
    return {"badge": shown.fate_badge(fate)}


@register.inclusion_tag("shared/_status_badge.html")
def light_badge(light: str) -> dict[str, Badge]:
    """What a check found."""
    return {"badge": shown.light_badge(light)}


@register.simple_tag
def state_badge(state: StepState) -> Badge | None:
    """Where a step stands; None where there is nothing to say."""
    return shown.state_badge(state)
