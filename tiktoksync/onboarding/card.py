"""The setup guide on the home page."""

from __future__ import annotations

from typing import Any

from tiktoksync.onboarding.doors import address_of
from tiktoksync.onboarding.frame import may_set_up, signs_of
from tiktoksync.onboarding.services.progress import setup_of
from tiktoksync.web_access import MerchantRequest


def card_facts(request: MerchantRequest) -> dict[str, Any]:
    """What the card shows; nothing once the newest shop is live."""
    setup = setup_of(request.merchant)
    if setup.is_done:
        return {"setup": None, "request": request}
    following = setup.next
    return {
        "setup": setup,
        "signs": signs_of(setup),
        "next": following,
        "next_address": address_of(following.step) if following else "",
        "may_fold": request.membership.may_act,
        "may_set_up": may_set_up(request),
        "request": request,
    }
