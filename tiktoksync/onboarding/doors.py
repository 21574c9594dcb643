"""The addresses of the steps."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from tiktoksync.onboarding.steps import Step


def address_of(step: Step) -> str:
    """The page of a step."""
    return reverse(step.route)


def share_address(step: Step) -> str:
    """The page of a step as a colleague can open it, from anywhere."""
    return settings.PUBLIC_URL.rstrip("/") + address_of(step)
