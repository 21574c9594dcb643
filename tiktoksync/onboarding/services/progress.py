"""How far a merchant is. What stands in rows is read off them; the rest is noted when it is done.

A merchant sets up one pair at a time: the newest shop that is not live, else the newest of all. The
notes of steps belong to that shop, so a second shop begins with its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.lib.timing import database_now
from tiktoksync.onboarding.models import Rehearsal, SetupProgress
from tiktoksync.onboarding.steps import BY_KEY, STEPS, Step, number_of
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop

Light = PreflightCheck.Light
# Steps that are done when somebody says so; the others show in the rows.
NOTED = ("places", "products", "rules", "backfill")


@dataclass(frozen=True, slots=True)
class StepState:
    """Where one step stands. `is_open` also says that what it needs is there."""

    step: Step
    is_done: bool = False
    is_skipped: bool = False
    needs: Step | None = None
    trouble: str = ""
    by: str = ""

    @property
    def number(self) -> int:
        """Its place among the steps."""
        return number_of(self.step)

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do for it."""
        return self.is_done or self.is_skipped


@dataclass(frozen=True, slots=True)
class Setup:
    """The setting up of one pair, as the pages show it."""

    merchant: Merchant
    shop: TikTokShop | None
    store: ShopifyStore | None
    states: tuple[StepState, ...]
    is_folded: bool = False

    @property
    def is_done(self) -> bool:
        """A shop is live, and none waits to become it."""
        return self.shop is not None and self.shop.live_at is not None

    @property
    def settled(self) -> int:
        """How many steps are done or skipped."""
        return sum(state.is_settled for state in self.states)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.states)

    @property
    def next(self) -> StepState | None:
        """The first step with something left to do."""
        return next((state for state in self.states if not state.is_settled), None)

    @property
    def minutes_left(self) -> int:
        """About how long the open steps take."""
        return sum(state.step.minutes for state in self.states if not state.is_settled)

    @property
    def open_before_live(self) -> list[StepState]:
        """Steps before the last one that were left out."""
        return [state for state in self.states[:-1] if not state.is_settled]

    def state_of(self, step: Step) -> StepState:
        """Where a step stands."""
        return self.states[STEPS.index(step)]


def setup_of(merchant: Merchant) -> Setup:
    """How far the merchant's newest pair is, by a handful of queries."""
    shops = TikTokShop.objects.filter(merchant=merchant, disconnected_at=None)
    newest = shops.select_related("store", "merchant").order_by("-pk")
    shop = newest.filter(live_at=None).first() or newest.first()
    stores = ShopifyStore.objects.filter(merchant=merchant, disconnected_at=None)
    store = shop.store if shop else stores.order_by("-pk").first()
    kept = SetupProgress.objects.filter(merchant=merchant).first()
    notes = kept.steps if kept else {}
    states = _states(shop, store, notes)
    return Setup(merchant, shop, store, states, bool(kept and kept.is_folded))


def note_step(
    merchant: Merchant, shop: TikTokShop, key: str, user: User | None, *, skipped: bool = False
) -> None:
    """Keep that a step is done, or that somebody chose to leave it out."""
    if key not in BY_KEY:
        raise ValueError(key)
    now = database_now()
    note = {"skipped_at" if skipped else "done_at": now.isoformat(), "by": _name(user)}
    _change(merchant, now, {_note_key(shop, key): note})


def fold_card(merchant: Merchant, is_folded: bool) -> None:
    """Keep whether the card on the home page is shut."""
    now = database_now()
    SetupProgress.objects.update_or_create(
        merchant=merchant, defaults={"is_folded": is_folded, "changed_at": now}
    )


def note_finished(merchant: Merchant) -> None:
    """Keep when the merchant went live for the first time."""
    now = database_now()
    progress, _ = SetupProgress.objects.get_or_create(merchant=merchant)
    SetupProgress.objects.filter(pk=progress.pk, finished_at=None).update(
        finished_at=now, changed_at=now
    )


def _change(merchant: Merchant, now: datetime, notes: Mapping[str, Any]) -> None:
    """Add notes under a lock: two people may finish two steps at once."""
    with transaction.atomic():
        SetupProgress.objects.get_or_create(merchant=merchant)
        progress = SetupProgress.objects.select_for_update().get(merchant=merchant)
        progress.steps = {**progress.steps, **notes}
        progress.changed_at = now
        progress.save(update_fields=["steps", "changed_at"])


def _note_key(shop: TikTokShop, key: str) -> str:
    return f"{shop.pk}/{key}"


def _states(
    shop: TikTokShop | None, store: ShopifyStore | None, notes: Mapping[str, Any]
) -> tuple[StepState, ...]:
    """Every step in its order; a step that needs a connection names it."""
    missing = None if shop else BY_KEY["tiktok"] if store else BY_KEY["shopify"]
    lights = _lights(shop)
    found = []
    for step in STEPS:
        if step.key == "shopify":
            found.append(StepState(step, is_done=store is not None))
        elif step.key == "tiktok":
            needs = None if store else BY_KEY["shopify"]
            found.append(StepState(step, is_done=shop is not None, needs=needs))
        elif shop is None:
            found.append(StepState(step, needs=missing))
        else:
            found.append(_state(step, shop, notes, lights))
    return tuple(found)


def _state(step: Step, shop: TikTokShop, notes: Mapping[str, Any], lights: list[str]) -> StepState:
    note = notes.get(_note_key(shop, step.key), {})
    by = str(note.get("by", ""))
    skipped = "skipped_at" in note
    if step.key == "preflight":
        red = lights.count(Light.RED)
        return StepState(step, is_done=bool(lights) and not red, trouble=_say_red(red))
    if step.key == "rehearsal":
        good = _rehearsed_well(shop)
        trouble = "The last rehearsal stopped on its way." if good is False else ""
        return StepState(step, good is True, skipped and not good, trouble=trouble, by=by)
    if step.key == "live":
        return StepState(step, is_done=shop.live_at is not None)
    return StepState(step, "done_at" in note, skipped, by=by)


def _lights(shop: TikTokShop | None) -> list[str]:
    if shop is None:
        return []
    return list(PreflightCheck.objects.filter(shop=shop).values_list("light", flat=True))


def _rehearsed_well(shop: TikTokShop) -> bool | None:
    """Whether the last rehearsal came through; None if there was none."""
    return Rehearsal.objects.filter(shop=shop).values_list("is_good", flat=True).first()


def _say_red(count: int) -> str:
    if not count:
        return ""
    return "1 check is in the way." if count == 1 else f"{count} checks are in the way."


def _name(user: User | None) -> str:
    return user.get_full_name() or user.get_username() if user else ""
