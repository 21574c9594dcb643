"""The pre-flight: look a pair over and keep what was found."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from orders.services.keep_carriers import ask_for_carriers
from tiktoksync.connecting.look_over import look_over
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.shops.models import TikTokShop


def run_preflight(shop: TikTokShop) -> None:
    """Ask both sides, some fifteen calls, all reads; what was found replaces what was known.

    A platform that gives no answer is a finding too: nothing is raised for it. The carriers that
    TikTok takes are asked for beside, so that names can be filled in before anything is shipped.
    """
    found = {one.key: one for one in look_over(shop)}
    ask_for_carriers(shop)
    now = timezone.now()
    with transaction.atomic():
        # Two people who check at once: the second answer stays, whole.
        TikTokShop.objects.select_for_update().get(pk=shop.pk)
        PreflightCheck.objects.filter(shop=shop).delete()
        PreflightCheck.objects.bulk_create(
            PreflightCheck(
                shop=shop,
                key=one.key,
                light=one.light,
                words=one.words,
                fix=one.fix,
                checked_at=now,
            )
            for one in found.values()
        )
