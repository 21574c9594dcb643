"""Requests about personal data: how they come in, and what a merchant asks for."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from tiktoksync.privacy.models import PrivacyRequest
from tiktoksync.shops.models import Merchant, ShopifyStore
from tiktoksync.shops.services.note_changes import note_settings_change

Kind = PrivacyRequest.Kind
TOPICS = {
    "customers/data_request": (Kind.DATA_REQUEST, "orders_requested"),
    "customers/redact": (Kind.CUSTOMER_REDACT, "orders_to_redact"),
    "shop/redact": (Kind.SHOP_REDACT, ""),
}
#: All that a wish to erase a whole store says. Shopify does not sign the topic: another signed
#: body, sent again under this one, erases nothing.
OF_A_STORE = {"shop_id", "shop_domain"}
ANSWER_WITHIN = timedelta(days=30)
COOLING_OFF = timedelta(days=7)
MOST_ORDERS = 10_000


def take_request(
    topic: str, domain: str, raw: bytes, delivery_id: str, store: ShopifyStore | None
) -> None:
    """Queue what a privacy webhook asks for; called inside the inbox's transaction."""
    kind, field = TOPICS[topic]
    body = json.loads(raw)
    if not (isinstance(body.get(field), list) if field else set(body) <= OF_A_STORE):
        return
    now = timezone.now()
    PrivacyRequest.objects.get_or_create(
        kind=kind,
        shop_domain=domain[:120],
        request_id=(delivery_id or hashlib.sha256(raw).hexdigest())[:80],
        defaults={
            "merchant": store.merchant if store else None,
            "orders": _order_ids(body.get(field)) if field else [],
            "answer_by": now + ANSWER_WITHIN,
            "due_at": now if store else None,
            "done_at": None if store else now,
            "outcome": "" if store else "Nothing of this store is kept here.",
        },
    )


def bare_privacy_body(raw: bytes) -> bytes:
    """The body of a privacy webhook as it is stored: whom it is about by id, not by name."""
    try:
        body = json.loads(raw)
    except ValueError:
        return b""
    customer = body.get("customer")
    kept = {name: value for name, value in body.items() if name != "customer"}
    if isinstance(customer, dict):
        kept["customer"] = {"id": customer.get("id")}
    return json.dumps(kept).encode()


def ask_for_export(merchant: Merchant, by: User) -> PrivacyRequest | None:
    """All of a merchant's data as a file; None while one is being made."""
    return _ask(merchant, Kind.EXPORT, by, timezone.now(), "Asked for a copy of all data.")


def ask_for_erasure(merchant: Merchant, by: User) -> PrivacyRequest | None:
    """Erase the merchant after the cooling-off time; None when that is asked for already."""
    due = timezone.now() + COOLING_OFF
    words = f"Asked to erase the merchant on {due:%d %B %Y}."
    return _ask(merchant, Kind.ERASE, by, due, words)


def call_off_erasure(merchant: Merchant, by: User) -> bool:
    """Take the wish to be erased back; False when there is none, or it is being done."""
    with transaction.atomic():
        waiting = PrivacyRequest.objects.select_for_update().filter(
            merchant=merchant, kind=Kind.ERASE, done_at=None, tries=0
        )
        now = timezone.now()
        if not waiting.update(done_at=now, due_at=None, outcome="Called off."):
            return False
        note_settings_change(merchant, "privacy", user=by, words="Called off the erasure.")
    return True


def _ask(
    merchant: Merchant, kind: Kind, by: User, due: datetime, words: str
) -> PrivacyRequest | None:
    with transaction.atomic():
        Merchant.objects.select_for_update().get(pk=merchant.pk)
        if PrivacyRequest.objects.filter(merchant=merchant, kind=kind, done_at=None).exists():
            return None
        note_settings_change(merchant, "privacy", user=by, words=words)
        return PrivacyRequest.objects.create(merchant=merchant, kind=kind, asked_by=by, due_at=due)


def _order_ids(value: Any) -> list[str]:
    found = value if isinstance(value, list) else []
    ids = [str(one) for one in found if isinstance(one, int | str)]
    return [one for one in ids if one.isascii() and one.isdecimal()][:MOST_ORDERS]
