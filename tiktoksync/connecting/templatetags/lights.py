"""How the pre-flight's lights look."""

from __future__ import annotations

from django import template

from orders.presentation import Badge
from tiktoksync.connecting.models import PreflightCheck

register = template.Library()

LIGHTS = {
    PreflightCheck.Light.GREEN: Badge("Fine", "check", "good"),
    PreflightCheck.Light.AMBER: Badge("Look at it", "alert", "wait"),
    PreflightCheck.Light.RED: Badge("In the way", "stop", "bad"),
}


@register.inclusion_tag("shared/_status_badge.html")
def light_badge(check: PreflightCheck) -> dict[str, Badge]:
    """The badge of one check."""
    return {"badge": LIGHTS[PreflightCheck.Light(check.light)]}
