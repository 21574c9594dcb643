"""What stands around every page of the setup: the steps, where each stands, and the way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tiktoksync.onboarding import steps
from tiktoksync.onboarding.doors import address_of, share_address
from tiktoksync.onboarding.services.progress import Setup, StepState, setup_of
from tiktoksync.shops.models import Membership
from tiktoksync.web_access import MerchantRequest


@dataclass(frozen=True, slots=True)
class Sign:
    """A step in the list beside the page."""

    state: StepState
    address: str
    is_current: bool = False


def signs_of(setup: Setup, current: str = "") -> list[Sign]:
    """Every step with its address."""
    return [
        Sign(state, address_of(state.step), state.step.key == current) for state in setup.states
    ]


def show_step(
    request: MerchantRequest, setup: Setup, key: str, facts: dict[str, Any], template: str = ""
) -> HttpResponse:
    """A step's page, or a fragment of it. What the step still needs is told in its place."""
    step = steps.BY_KEY[key]
    state, following, previous = setup.state_of(step), steps.after(step), steps.before(step)
    context = {
        **frame_facts(request, setup, key),
        "step": step,
        "state": state,
        "needs_address": address_of(state.needs) if state.needs else "",
        "next_step": following,
        "next_address": address_of(following) if following else "",
        "previous_address": address_of(previous) if previous else "",
        "share": share_address(step),
        **facts,
    }
    return render(request, f"onboarding/{template or key}.html", context)


def frame_facts(request: MerchantRequest, setup: Setup, key: str = "") -> dict[str, Any]:
    """What every page of the setup shows around itself."""
    return {
        "setup": setup,
        "shop": setup.shop,
        "store": setup.store,
        "signs": signs_of(setup, key),
        "may_set_up": may_set_up(request),
    }


def may_set_up(request: MerchantRequest) -> bool:
    """Owners act in the setup; the others read along."""
    return request.membership.role == Membership.Role.OWNER


def setup_for(request: MerchantRequest) -> Setup:
    """The setup of the merchant whose pages are shown."""
    return setup_of(request.merchant)
