"""The platforms' doors: check the signature over the raw body, store once, answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, InternalError, OperationalError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tiktoksync.errors import SignatureError
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shops.models import Platform, ShopifyStore, TikTokShop
from tiktoksync.webhooks.inbox import Incoming, short_waits, store_once
from tiktoksync.webhooks.topics import Hint, read_shopify, read_tiktok
from tiktoksync.webhooks.verify import find_signers, require_signer

log = structlog.get_logger(__name__)

#: Genuine Shopify bodies of several megabytes exist; nothing genuine is this large.
MAX_BODY = 10 * 2**20
UPLOAD_SECONDS = 10.0
#: Small, since a read waits until it is full: at 1 kB/s it must not wait for a minute.
CHUNK = 4 * 1024
SHOPIFY_SIGNATURE = "X-Shopify-Hmac-Sha256"
PATH_SECRET = re.compile(r"[A-Za-z0-9_-]{8,64}")
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)


class UnknownAddress(Exception):
    """No store listens at this address."""


class BodyTooLarge(Exception):
    """More bytes than any genuine webhook has."""


class UploadTooSlow(Exception):
    """The sender drips; both platforms would have given up by now."""


def door(receive: Callable[..., str]) -> Callable[..., HttpResponse]:
    """Turn a function that stores a webhook into a view, and its refusals into answers."""

    @wraps(receive)
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            outcome = receive(request, **parts)
        except SignatureError as error:
            log.warning("webhook refused", door=receive.__name__, why=str(error))
            return _answer(str(error), 401)
        except UnknownAddress:
            return _answer("No store listens here.", 404)
        except BodyTooLarge:
            return _answer("The body is too large.", 413)
        except UploadTooSlow:
            return _answer("The body came too slowly.", 408)
        except UnreadablePostError:
            return _answer("The body broke off.", 400)
        except (*DATABASE_AWAY, UnreadableSecret) as error:
            log.warning("webhook not stored", door=receive.__name__, error=type(error).__name__)
            return _answer("Try again later.", 503)
        return _answer(outcome, 200)

    return csrf_exempt(login_not_required(require_POST(view)))


def _answer(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")


@door
def tiktok(request: HttpRequest) -> str:
    """TikTok Shop names the shop inside the signed body: that shop's app must have signed it."""
    raw, signature = read_signed_body(request, "Authorization")
    with short_waits():
        signers = find_signers(Platform.TIKTOK, raw, signature)
        hint = read_tiktok(raw)
        shop = TikTokShop.objects.filter(shop_id=hint.account).first() if hint.account else None
        if shop is not None and shop.app_id not in signers:
            raise SignatureError("The app of this shop did not sign this body.")
        return store_once(Incoming(Platform.TIKTOK, hint, raw, shop))


@door
def shopify_store(request: HttpRequest, secret: str) -> str:
    """A store's own address. Shopify signs the body only, so path and header must agree too."""
    with short_waits():
        store = _store_at(secret)
    if _shop_header(request) != store.shop_domain:
        raise SignatureError("This address belongs to another store.")
    raw, signature = read_signed_body(request, SHOPIFY_SIGNATURE)
    require_signer(store.app, raw, signature)
    hint = _shopify_hint(request, raw)
    if hint.account and hint.account != store.shop_domain:
        raise SignatureError("The body names another store.")
    with short_waits():
        return store_once(Incoming(Platform.SHOPIFY, hint, raw, store))


@door
def shopify_app(request: HttpRequest) -> str:
    """The app's address for app and privacy topics: the signed body itself names the store."""
    raw, signature = read_signed_body(request, SHOPIFY_SIGNATURE)
    with short_waits():
        signers = find_signers(Platform.SHOPIFY, raw, signature)
        hint = _shopify_hint(request, raw)
        named = hint.account
        if named and _shop_header(request) not in ("", named):
            raise SignatureError("The body names another store than the header.")
        store = ShopifyStore.objects.filter(shop_domain=named).first() if named else None
        if store is not None and store.app_id not in signers:
            raise SignatureError("The app of this store did not sign this body.")
        return store_once(Incoming(Platform.SHOPIFY, hint, raw, store))


def _store_at(secret: str) -> ShopifyStore:
    if not PATH_SECRET.fullmatch(secret):
        raise UnknownAddress
    named = Q(webhook_secret=secret) | Q(old_webhook_secret=secret)
    store = ShopifyStore.objects.select_related("app").filter(named).first()
    if store is None:
        raise UnknownAddress
    return store


def _shopify_hint(request: HttpRequest, raw: bytes) -> Hint:
    hint = read_shopify(request.headers.get("X-Shopify-Topic", ""), raw)
    sent_at = _moment(request.headers.get("X-Shopify-Triggered-At", ""))
    delivery_id = request.headers.get("X-Shopify-Webhook-Id", "")
    return replace(hint, delivery_id=delivery_id, sent_at=sent_at)


def _shop_header(request: HttpRequest) -> str:
    return request.headers.get("X-Shopify-Shop-Domain", "").strip().lower()


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and is_aware(moment) else None


def read_signed_body(request: HttpRequest, header: str) -> tuple[bytes, str]:
    """The raw body and its signature; without a signature not a byte is read."""
    signature = request.headers.get(header, "")
    if not signature:
        raise SignatureError("The webhook carries no signature.")
    return read_body(request), signature


def read_body(request: HttpRequest) -> bytes:
    """The raw bytes of the request, bounded in size and time.

    Raises BodyTooLarge or UploadTooSlow. A compressed body stays compressed: it was signed so.
    """
    if _content_length(request) > MAX_BODY:
        raise BodyTooLarge
    ends = time.monotonic() + UPLOAD_SECONDS
    parts: list[bytes] = []
    size = 0
    stream = _stream(request)
    while part := stream.read(CHUNK):
        size += len(part)
        if size > MAX_BODY:
            raise BodyTooLarge
        if time.monotonic() > ends:
            raise UploadTooSlow
        parts.append(part)
    return b"".join(parts)


def _content_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdigit() else 0


def _stream(request: HttpRequest) -> Any:
    """Django reads as many bytes as the length says; a chunked body says none."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return request.META["wsgi.input"]
    return request
