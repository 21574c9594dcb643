"""What an owner does in the steps up to the rehearsal: each does one thing and leads back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from orders.forms import BackfillForm
from orders.services.backfill_orders import begin_backfill
from products.services.product_wishes import begin_link
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.connecting.services.run_preflight import run_preflight
from tiktoksync.onboarding import presets, steps
from tiktoksync.onboarding.card import card_facts
from tiktoksync.onboarding.doors import address_of
from tiktoksync.onboarding.frame import setup_for
from tiktoksync.onboarding.services.choose_preset import choose_preset
from tiktoksync.onboarding.services.places import save_places
from tiktoksync.onboarding.services.progress import NOTED, fold_card, note_step
from tiktoksync.onboarding.views import last_run
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, owner_action

CARRIER = "carrier:"
BACK = "live"
NO_SHOP = "Connect both sides first."


@merchant_action
def fold(request: MerchantRequest) -> HttpResponse:
    """Shut or open the card on the home page, for everybody of the merchant."""
    fold_card(request.merchant, request.POST.get("folded") == "1")
    if request.htmx:
        return render(request, "onboarding/_setup_card.html", card_facts(request))
    return redirect("home")


@owner_action
def settle_step(request: MerchantRequest) -> HttpResponse:
    """Note a step as done, or as left out where it may be, and go on to the next."""
    step = steps.BY_KEY.get(request.POST.get("step", ""))
    shop = setup_for(request).shop
    if step is None or shop is None:
        messages.error(request, NO_SHOP if step else "There is no such step.")
        return redirect("welcome")
    skipped = request.POST.get("skip") == "1"
    if (skipped and not step.may_skip) or (not skipped and step.key not in NOTED):
        messages.error(request, f"“{step.title}” is done by doing it.")
        return redirect(address_of(step))
    note_step(request.merchant, shop, step.key, request.user, skipped=skipped)
    following = steps.after(step)
    return redirect(address_of(following) if following else "welcome")


@owner_action
def check_again(request: MerchantRequest) -> HttpResponse:
    """Look both sides over anew; who does it before going live comes back there."""

    def check(shop: TikTokShop) -> None:
        run_preflight(shop)
        if PreflightCheck.objects.filter(shop=shop).exists():
            messages.success(request, "Looked both sides over.")
        else:
            messages.warning(request, "No check gave an answer. Try again in a moment.")

    return _do(request, "preflight", check, BACK if request.POST.get("back") == BACK else "")


@owner_action
def keep_places(request: MerchantRequest) -> HttpResponse:
    """Keep locations and carriers as they are on the page."""
    sent = request.POST
    carriers = {
        name.removeprefix(CARRIER): str(sent[name]) for name in sent if name.startswith(CARRIER)
    }

    def keep(shop: TikTokShop) -> None:
        save_places(shop, sent.getlist("location"), sent.get("depot", ""), carriers, request.user)
        messages.success(request, "Saved the locations and carriers.")

    return _do(request, "places", keep, "products")


@owner_action
def preview_links(request: MerchantRequest) -> HttpResponse:
    """Have equal SKUs looked for; nothing is linked yet."""
    return _do(request, "products", lambda shop: begin_link(shop, user=request.user))


@owner_action
def start_links(request: MerchantRequest) -> HttpResponse:
    """Link the pairs that the preview shows."""

    def start(shop: TikTokShop) -> None:
        run = last_run(shop, Run.Kind.LINK)
        if run is None:
            raise RunConflict("Look for equal SKUs first.")
        runs.start_run(run)
        note_step(request.merchant, shop, "products", request.user)

    return _do(request, "products", start)


@owner_action
def choose_rules(request: MerchantRequest) -> HttpResponse:
    """Make a preset the shop's order rules."""
    preset = presets.BY_KEY.get(request.POST.get("preset", ""))

    def choose(shop: TikTokShop) -> None:
        if preset is None:
            messages.error(request, "Choose one of the presets.")
            return
        choose_preset(shop, preset, request.user)
        messages.success(request, f"{preset.title} is set.")

    return _do(request, "rules", choose)


@owner_action
def preview_backfill(request: MerchantRequest) -> HttpResponse:
    """Have the days looked at; nothing is taken in yet."""

    def begin(shop: TikTokShop) -> None:
        sent = {**request.POST.dict(), "shop": shop.shop_id}
        form = BackfillForm(sent, shops=[shop])
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return
        begin_backfill(shop, *form.span, user=request.user)

    return _do(request, "backfill", begin)


def _do(
    request: MerchantRequest, key: str, act: Callable[[TikTokShop], object], then: str = ""
) -> HttpResponse:
    """Act on the shop that is set up, and show the step; what cannot be is told there."""
    shop = setup_for(request).shop
    if shop is None:
        messages.error(request, NO_SHOP)
        return redirect(address_of(steps.BY_KEY[key]))
    try:
        act(shop)
    except RunConflict as conflict:
        messages.warning(request, str(conflict))
        then = ""
    return redirect(address_of(steps.BY_KEY[then or key]))
