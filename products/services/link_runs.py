"""The two steps of a run that links equal SKUs: the preview, and the work.

The preview sorts every SKU without a link under its cause. Only equal SKUs wait for the work; what
is merely similar is a suggestion, and is linked when somebody confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from products.link_words import LinkCause, cause_fix, cause_words
from products.models import Link, Variant
from products.services.auto_link import link_pairs
from products.services.link_pairs import Judged, judge_skus, living_skus, of_skus
from products.services.link_suggestions import Suggestion, suggest
from products.services.links import LinkConflict, make_link
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.leases import Lease

State = RunItem.State
AT_ONCE = 2000
NOT_READ = (
    "The products of both sides have to be read first. Refresh the catalogues, wait until they "
    "are there, and try again."
)


# --- the preview ---------------------------------------------------------------------------------


def prepare_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Sort the next SKUs without a link; the last piece makes the run ready."""
    if not are_read(shop):
        runs.fail_run(run, NOT_READ)
        return
    after, linked = (int(run.cursor.get(name, 0)) for name in ("after", "linked"))
    skus = list(living_skus(shop).filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    judged = judge_skus(shop, skus)
    items = list(_items(run, shop, judged))
    linked += len(skus) - len(judged)
    cursor = {"after": skus[-1].pk if skus else after, "linked": linked}
    with transaction.atomic():
        if runs.end_step(run, database_now(), cursor):
            runs.add_items(run, items)
            if len(skus) < AT_ONCE:
                runs.make_ready(run, _standing(linked))
            else:
                runs.count_items(run)
        reach("committing")


def are_read(shop: TikTokShop) -> bool:
    """Whether both mirrors were read whole: only then it is known what is there once."""
    stores = ShopifyStore.objects.filter(pk=shop.store_id, variants_read_at__isnull=False)
    shops = TikTokShop.objects.filter(pk=shop.pk, listings_read_at__isnull=False)
    return stores.exists() and shops.exists()


def _standing(linked: int) -> str:
    if linked == 1:
        return "1 TikTok SKU is linked already; it is not listed here."
    return f"{linked:,} TikTok SKUs are linked already; they are not listed here."


def _items(run: Run, shop: TikTokShop, judged: Sequence[Judged]) -> Iterable[RunItem]:
    settled = (LinkCause.SAME_SKU, LinkCause.PARTED)
    suggested = suggest(shop, [one.sku for one in judged if sort_sku(one) not in settled])
    keys = {one.variant_id for one in judged} | {one.variant_id for one in suggested.values()}
    variants = Variant.objects.select_related("product").in_bulk(keys - {None})
    for one in judged:
        yield _item(run, one, suggested.get(one.sku.pk), variants)


def sort_sku(one: Judged) -> LinkCause:
    """The cause of an unlinked SKU."""
    if not one.sku.sku_key:
        return LinkCause.BLANK
    if one.has_twin:
        return LinkCause.TWICE_IN_LISTING
    if one.variant_id is None:
        return LinkCause.NOTHING_EQUAL
    if one.has_rival:
        return LinkCause.TWICE_IN_SHOPIFY
    return LinkCause.PARTED if one.was_parted else LinkCause.SAME_SKU


def _item(
    run: Run, one: Judged, suggestion: Suggestion | None, variants: dict[int, Variant]
) -> RunItem:
    sku, cause = one.sku, sort_sku(one)
    is_pair = cause == LinkCause.SAME_SKU
    facts: dict[str, Any] = {"seller_sku": sku.seller_sku, "issues": []}
    if not is_pair:
        facts["issues"] = [_issue(cause)]
    if is_pair and one.variant_id is not None:
        facts |= _variant_facts(variants[one.variant_id], 100, "Same SKU on both sides")
    elif suggestion:
        facts |= {"cause": str(cause)}
        facts |= _variant_facts(
            variants[suggestion.variant_id], suggestion.confidence, suggestion.why
        )
        cause = LinkCause.SUGGESTED
    name = f"{sku.listing.title} – {sku.shown_name}" if sku.shown_name else sku.listing.title
    return RunItem(
        run=run,
        remote_id=sku.tiktok_sku_id,
        position=sku.pk,
        state=State.WAITING if is_pair else State.SKIPPED,
        cause=str(cause),
        words="" if is_pair else cause_words(cause),
        title=name[:255],
        facts=facts,
    )


def _issue(cause: LinkCause) -> dict[str, str]:
    return {"code": str(cause), "words": cause_words(cause), "fix": cause_fix(cause)}


def _variant_facts(variant: Variant, confidence: int, why: str) -> dict[str, Any]:
    return {
        "variant": variant.pk,
        "shopify_variant_id": variant.shopify_variant_id,
        "shopify_title": str(variant),
        "shopify_sku": variant.sku,
        "confidence": confidence,
        "why": why,
    }


# --- the work ------------------------------------------------------------------------------------


def work_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Link the next pairs of the preview that still stand; the last piece ends the run."""
    with transaction.atomic():
        going = Run.objects.select_for_update(no_key=True).filter(
            pk=run.pk, status=Run.Status.RUNNING
        )
        if not going:
            return
        waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
        _apply(run, shop, list(waiting[:AT_ONCE]))
        runs.count_items(run)
        if run.left:
            runs.end_step(run, database_now())
        else:
            runs.finish_run(run, _result(run.done))
        reach("committing")


def _result(done: int) -> str:
    return "1 SKU was linked." if done == 1 else f"{done:,} SKUs were linked."


def _apply(run: Run, shop: TikTokShop, batch: Sequence[RunItem]) -> None:
    """Link what is still the pair that the preview showed, and say what became of each."""
    shown = {item.remote_id: item.facts.get("variant") for item in batch}
    judged = judge_skus(shop, list(of_skus(living_skus(shop), shown)))
    agreed = [one for one in judged if shown[one.sku.tiktok_sku_id] == one.variant_id]
    made = set(link_pairs(shop, agreed, user=run.started_by))
    others = Link.objects.filter(shop=shop, tiktok_sku_id__in=shown.keys() - made)
    linked = set(others.values_list("tiktok_sku_id", flat=True))
    _settle(run, made, State.DONE, LinkCause.LINKED)
    _settle(run, linked, State.SKIPPED, LinkCause.LINKED_MEANWHILE)
    _settle(run, shown.keys() - made - linked, State.SKIPPED, LinkCause.CHANGED)


def _settle(run: Run, sku_ids: Iterable[str], state: str, cause: LinkCause) -> None:
    run.items.filter(remote_id__in=list(sku_ids)).update(
        state=state, cause=str(cause), words=cause_words(cause), updated_at=database_now()
    )


# --- suggestions ---------------------------------------------------------------------------------


def confirm_suggestions(run: Run, tiktok_sku_ids: Iterable[str], *, user: Any = None) -> int:
    """Link what a run suggested for these SKUs, by a person's word; returns how many links.

    One that cannot be linked any more keeps its place in the run, with the reason.
    """
    if run.shop is None:
        return 0
    chosen = run.items.filter(remote_id__in=list(tiktok_sku_ids), cause=LinkCause.SUGGESTED)
    made = 0
    with transaction.atomic():
        for item in chosen.select_for_update(no_key=True).order_by("pk"):
            made += _confirm(run, run.shop, item, user)
        runs.count_items(run)
    return made


def _confirm(run: Run, shop: TikTokShop, item: RunItem, user: Any) -> bool:
    variant = Variant.objects.filter(pk=item.facts.get("variant"), store=shop.store_id).first()
    try:
        if variant is None:
            raise LinkConflict("The suggested variant is no longer known here.")
        make_link(shop, item.remote_id, variant, origin=Link.Origin.BY_HAND, user=user)
    except LinkConflict as conflict:
        item.cause, item.words = str(LinkCause.CHANGED), str(conflict)
    else:
        item.state, item.cause = State.DONE, str(LinkCause.LINKED)
        item.words = cause_words(LinkCause.LINKED)
    item.updated_at = database_now()
    item.save(update_fields=["state", "cause", "words", "updated_at"])
    return item.state == State.DONE
