"""The way to a platform's consent page and back: begun here, finished once, soon, by the same."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from tiktoksync.connecting.models import ConsentJourney, TikTokGrant
from tiktoksync.connecting.refusals import Refused
from tiktoksync.lib.secrets import digest
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Merchant, Platform, PlatformApp, ShopifyStore

LIFE = timedelta(hours=1)
INSTALL_LIFE = timedelta(days=1)
KEEP = timedelta(days=30)
#: Under this name the session keeps what its journeys are bound to; it outlives signing in.
SESSION_KEY = "connecting"
LONGEST_WAY_BACK = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person sets out for. `asked_for` is a store's domain or a TikTok shop's id."""

    platform: Platform
    app: PlatformApp
    merchant: Merchant
    user: Any
    store: ShopifyStore | None = None
    asked_for: str = ""
    region: str = ""
    back_to: str = ""


def begin_journey(session: MutableMapping[str, Any], wanted: Wanted) -> str:
    """Remember where somebody goes; returns the state that has to come back unchanged."""
    state = secrets.token_urlsafe(32)
    ConsentJourney.objects.create(
        platform=wanted.platform,
        app=wanted.app,
        merchant=wanted.merchant,
        user=wanted.user,
        store=wanted.store,
        shop_domain=wanted.asked_for,
        region=wanted.region[:4],
        state_digest=digest(state),
        session_digest=session_digest(session),
        back_to=safe_way_back(wanted.back_to),
        expires_at=database_now() + LIFE,
    )
    return state


def take_journey(
    session: MutableMapping[str, Any],
    platform: Platform,
    state: str,
    *,
    merchant: Merchant,
    user: Any,
) -> ConsentJourney:
    """The journey that this state belongs to, used up by this; raises Refused for any other."""
    journeys = ConsentJourney.objects.select_related("app", "merchant", "store")
    journey = journeys.filter(state_digest=digest(state), platform=platform).first()
    if not state or journey is None or journey.merchant is None or journey.app is None:
        raise Refused("no_state")
    is_same = constant_time_compare(journey.session_digest, session_digest(session))
    if not is_same or journey.user_id != user.pk:
        raise Refused("session")
    if journey.merchant_id != merchant.pk:
        raise Refused("merchant")
    if journey.used_at is not None:
        raise Refused("used")
    now = database_now()
    if journey.expires_at <= now:
        raise Refused("expired")
    if not ConsentJourney.objects.filter(pk=journey.pk, used_at=None).update(used_at=now):
        raise Refused("used")
    return journey


def remember_install(session: MutableMapping[str, Any], domain: str) -> None:
    """Shopify sent somebody who may not be signed in: the store is kept until they are."""
    ConsentJourney.objects.create(
        platform=Platform.SHOPIFY,
        shop_domain=domain,
        state_digest=digest(secrets.token_urlsafe(32)),
        session_digest=session_digest(session),
        expires_at=database_now() + INSTALL_LIFE,
    )


def pending_install(session: MutableMapping[str, Any]) -> str:
    """The store whose installation began at Shopify in this session and waits; "" if none does."""
    if SESSION_KEY not in session:
        return ""
    waiting = ConsentJourney.objects.filter(
        platform=Platform.SHOPIFY,
        merchant=None,
        used_at=None,
        session_digest=session_digest(session),
        expires_at__gt=database_now(),
    )
    return str(waiting.order_by("-pk").values_list("shop_domain", flat=True).first() or "")


def settle_install(session: MutableMapping[str, Any], domain: str) -> None:
    """The installation that began at Shopify is taken up, so nobody is asked about it again."""
    ConsentJourney.objects.filter(
        merchant=None,
        used_at=None,
        shop_domain=domain,
        session_digest=session_digest(session),
    ).update(used_at=database_now())


def session_digest(session: MutableMapping[str, Any]) -> str:
    """What this browser's journeys are bound to, of which only a digest is stored."""
    if SESSION_KEY not in session:
        session[SESSION_KEY] = secrets.token_urlsafe(24)
    return digest(str(session[SESSION_KEY]))


def safe_way_back(address: str) -> str:
    """An address of this installation to go on to, or nothing."""
    is_ours = address.startswith("/") and len(address) <= LONGEST_WAY_BACK
    is_safe = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and is_safe else ""


def open_grants() -> QuerySet[TikTokGrant]:
    """Consents that can still be chosen from: for as long as the way to them may take."""
    return TikTokGrant.objects.filter(created_at__gte=database_now() - LIFE)


def forget_old_journeys() -> int:
    """Delete journeys that are long over, and grants that nobody chose from; returns how many."""
    now = database_now()
    grants, _ = TikTokGrant.objects.filter(created_at__lt=now - LIFE).delete()
    journeys, _ = ConsentJourney.objects.filter(expires_at__lt=now - KEEP).delete()
    return grants + journeys
