"""The two steps of a run that lists Shopify products on TikTok: the preview, and the work.

The preview checks a few products a step. What it found of each is stored with the place where the
next step begins, so that a preview which is interrupted goes on with the products it was at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from products.models import Product, ProductUpload, UploadTemplate
from products.selection import select_products
from products.services import upload_hand_over
from products.services.rules import product_rules
from products.services.upload_categories import Asked
from products.services.upload_reading import choose_template, load_products, setting_of
from products.upload_checks import find_issues, find_notes
from products.upload_facts import CategoryFacts, Issue, ProductFacts, Setting
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus

State = RunItem.State
#: Products a step of the preview: TikTok may be asked for a category for each.
PIECE = 20
BATCH = 100
FOLLOW_SECONDS = 2.0
RESTING_SECONDS = 60.0
READY, LISTED = "ready", "already_listed"
UNTOUCHED = (SyncStatus.HELD, SyncStatus.FAILED, SyncStatus.SKIPPED)


# --- the preview ---------------------------------------------------------------------------------


def prepare_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Sort what the wish means, a piece at a time; the last piece makes the run ready."""
    cursor: dict[str, Any] = {"after": 0, **run.cursor}
    chosen = select_products(shop, run.wish).order_by("pk")
    cursor.setdefault("expected", chosen.count())
    piece = list(chosen.filter(pk__gt=cursor["after"])[:PIECE])
    checked = _check(run, shop, piece, cursor, lease)
    is_last = len(piece) < PIECE
    with transaction.atomic():
        cursor["after"] = piece[-1].pk if piece else cursor["after"]
        if runs.end_step(run, database_now(), cursor):
            _note_uploads(shop, checked)
            runs.add_items(run, [_item(run, one) for one in checked])
            runs.count_items(run)
            if is_last:
                runs.make_ready(run, "")
        reach("committing")


class _Checked:
    """A product with what was found about its upload."""

    def __init__(
        self, product: Product, facts: ProductFacts, setting: Setting, before: list[Issue]
    ) -> None:
        self.product, self.facts, self.setting = product, facts, setting
        self.issues = find_issues(facts, setting)
        if not facts.listed_as:
            self.issues = [*before, *self.issues]
        self.notes = find_notes(facts, setting)

    @property
    def category(self) -> tuple[str, str]:
        """Id and name of its category; empty without one."""
        category = self.setting.category
        return (category.id, category.name) if category else ("", "")

    @property
    def open_category(self) -> tuple[str, str]:
        """The same, unless the shop may not list there: then TikTok is asked again next time."""
        category = self.setting.category
        return self.category if category and category.is_available else ("", "")


def _check(
    run: Run, shop: TikTokShop, piece: Sequence[Product], cursor: dict[str, Any], lease: Lease
) -> list[_Checked]:
    if not piece:
        return []
    rules = product_rules(shop)
    templates = list(UploadTemplate.objects.filter(shop=shop))
    asked = Asked(shop, cursor, lease)
    asked.begin(templates)
    facts = load_products(shop, rules, piece)
    stored = _stored_categories(shop, piece)
    checked = []
    for product in piece:
        template = choose_template(product, templates, run.wish.get("template"))
        category: CategoryFacts | None = None
        if not facts[product.pk].listed_as:
            category = asked.category_of(product, template, stored.get(product.pk, ("", "")))
        setting = setting_of(shop, rules, template, category)
        checked.append(_Checked(product, facts[product.pk], setting, cursor["shop"]))
    return checked


def _stored_categories(shop: TikTokShop, piece: Sequence[Product]) -> dict[int, tuple[str, str]]:
    """What TikTok recommended for these products before."""
    rows = ProductUpload.objects.filter(shop=shop, product__in=[one.pk for one in piece])
    told = rows.exclude(category_id="").values_list("product_id", "category_id", "category_name")
    return {key: (category_id, name) for key, category_id, name in told}


def _note_uploads(shop: TikTokShop, checked: Sequence[_Checked]) -> None:
    """Keep what was recommended and what stands in the way, with the product's upload.

    An upload that nobody has asked for is held: nothing sends it.
    """
    by_product = {one.product.pk: one for one in checked if not one.facts.listed_as}
    rows = ProductUpload.objects.filter(shop=shop, product__in=by_product)
    known = {row.product_id: row for row in rows}
    changed: list[ProductUpload] = []
    new: list[ProductUpload] = []
    for key, one in by_product.items():
        row = known.get(key) or ProductUpload(shop=shop, product=one.product)
        if row.pk is None:
            statuses.begin(row, SyncStatus.HELD)
            new.append(row)
        elif row.sync_status in UNTOUCHED:
            changed.append(row)
        row.issues = one.issues
        if not (one.setting.template and one.setting.template.category_id):
            row.category_id, row.category_name = one.open_category
    ProductUpload.objects.bulk_create(new, ignore_conflicts=True)
    ProductUpload.objects.bulk_update(changed, ["issues", "category_id", "category_name"])


def _item(run: Run, one: _Checked) -> RunItem:
    template = one.setting.template
    category_id, category_name = one.category
    facts = {
        "issues": one.issues,
        "notes": one.notes,
        "category_id": category_id,
        "category": category_name,
        "template_id": template.pk if template else None,
        "template": template.name if template else "",
        "variants": len(one.facts.variants),
        "images": len(one.facts.images),
    }
    first: Mapping[str, str] = one.issues[0] if one.issues else {"code": READY, "words": ""}
    return RunItem(
        run=run,
        remote_id=one.product.shopify_product_id[:80],
        position=one.product.pk,
        state=State.SKIPPED if one.issues else State.WAITING,
        cause=first["code"],
        words=" ".join(issue["words"] for issue in one.issues),
        title=one.product.title[:255],
        facts=facts,
    )


# --- the work ------------------------------------------------------------------------------------


def work_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Hand over what is ready, watch what is under way, end the run when all is settled."""
    waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
    batch = list(waiting[:BATCH])
    if batch:
        upload_hand_over.hand_over(run, shop, batch)
    upload_hand_over.follow(run, shop)
    runs.count_items(run)
    if not run.left:
        runs.finish_run(run, "Every product has its outcome.")
        return
    now = database_now()
    shop.refresh_from_db(fields=["uploads_refused_until"])
    resting = shop.uploads_refused_until
    is_resting = resting is not None and resting > now
    upload_hand_over.tell(run, resting if is_resting else None)
    runs.end_step(run, _next_step(now, more=waiting.exists(), is_resting=is_resting))


def _next_step(now: datetime, *, more: bool, is_resting: bool) -> datetime:
    if more:
        return now
    return now + scaled(RESTING_SECONDS if is_resting else FOLLOW_SECONDS)
