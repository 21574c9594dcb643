"""The authorize page and the token host: codes, tokens, refresh."""

from __future__ import annotations

import hmac
import html
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tiktoksync.sandbox.faults import answer_under_faults
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.log import Call
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_app_key, unknown_path
from tiktoksync.sandbox.tiktok.gateway import dump, refuse, spoil
from tiktoksync.sandbox.tiktok.shops import add_tokens, new_token, retire_predecessor
from tiktoksync.sandbox.tiktok.state import App, Grant, Shop, TikTokState, Token

if TYPE_CHECKING:
    from tiktoksync.sandbox.world import World

CODE_SECONDS = 1800


def serve_tokens(world: World, request: Request, call: Call) -> Answer:
    """``/api/v2/token/get`` and ``/api/v2/token/refresh``: unsigned GETs with the app's secret."""
    state = world.tiktok
    call.request_id = state.request_id()
    action = request.path.rstrip("/").rpartition("/")[2]
    call.operation = f"token.{action}"

    def work() -> Answer:
        with world.lock:
            try:
                return _succeed(call, _tokens(state, request, call, action))
            except ApiError as error:
                return refuse(call, error)

    return answer_under_faults(world.faults, call, work, lambda rule, done: spoil(call, rule, done))


def _succeed(call: Call, data: dict[str, Any]) -> Answer:
    call.code = "0"
    body = {"code": 0, "message": "success", "data": data, "request_id": call.request_id}
    return Answer(200, dump(body).encode(), {"Content-Type": "application/json"})


def _tokens(state: TikTokState, request: Request, call: Call, action: str) -> dict[str, Any]:
    if request.method != "GET" or action not in ("get", "refresh"):
        raise unknown_path()
    app = state.apps.get(request.param("app_key"))
    given = request.param("app_secret").encode()
    if app is None or not hmac.compare_digest(app.secret.encode(), given):
        raise bad_app_key()
    if action == "get":
        return _exchange(state, app, request, call)
    return _refresh(state, app, request, call)


def _exchange(state: TikTokState, app: App, request: Request, call: Call) -> dict[str, Any]:
    if request.param("grant_type") != "authorized_code":
        raise ApiError(36004004, "Invalid auth code.")
    known = state.codes.pop(request.param("auth_code"), None)
    if known is None or known["app_key"] != app.key or known["expires"] < state.clock.line():
        raise ApiError(36004004, "Invalid auth code.")
    shops = [state.shops[one] for one in known["shop_ids"]]
    for shop in shops:
        shop.authorized = True
    first = shops[0]
    grant = Grant(
        app.key, secrets.token_urlsafe(12), first.name, first.region, known["shop_ids"],
        list(known["scopes"]),
    )  # fmt: skip
    call.shop = first.id
    return _pair(state, grant)


def _refresh(state: TikTokState, app: App, request: Request, call: Call) -> dict[str, Any]:
    """Both tokens are new. The old access token lives on, and the old refresh token until one of
    the new tokens is used, unless the sandbox is strict.
    """
    if request.param("grant_type") not in ("refresh_token", "authorized_code"):
        raise ApiError(36004005, "No authorization record was found.")
    old = state.tokens.get(request.param("refresh_token"))
    if old is None or old.kind != "refresh" or old.app_key != app.key or old.revoked:
        raise ApiError(36004005, "No authorization record was found.")
    if old.expires_at <= state.now():
        raise ApiError(36004001, "rt has expired")
    call.shop = (old.grant.shop_ids or [""])[0]
    call.token_tag = old.tag
    retire_predecessor(state, old)
    if state.config["strict"]:
        _retire(state, old.grant)
    if old.replacement:
        state.tokens[old.replacement].revoked = True
    old.grant.refreshes += 1
    state.log.record_write("tiktok", call.shop, "token_refreshed", refreshes=old.grant.refreshes)
    return _pair(state, old.grant, old)


def _retire(state: TikTokState, grant: Grant) -> None:
    for token in state.tokens.values():
        if token.grant is grant:
            token.revoked = True


def _pair(state: TikTokState, grant: Grant, old: Token | None = None) -> dict[str, Any]:
    """A fresh pair; a refresh does not lengthen what the seller agreed to."""
    access, refresh = add_tokens(
        state, grant, new_token(grant.region), new_token(grant.region),
        None, old.expires_at if old else None,
    )  # fmt: skip
    if old is not None:
        access.predecessor = refresh.predecessor = old.value
        old.replacement = refresh.value
    return {
        "access_token": access.value,
        "access_token_expire_in": access.expires_at,
        "refresh_token": refresh.value,
        "refresh_token_expire_in": refresh.expires_at,
        "open_id": grant.open_id,
        "seller_name": grant.seller_name,
        "seller_base_region": grant.region,
        "user_type": 0,
        "granted_scopes": grant.scopes,
    }


def serve_authorize(world: World, request: Request, call: Call) -> Answer:
    """The seller's consent page; ``shop_id=`` or ``refuse=1`` answers it without a browser."""
    state = world.tiktok
    call.operation = "authorize"
    with world.lock:
        app = _app_asked_for(state, request)
        if app is None:
            return Answer.html("<p>Unknown service_id.</p>", 400)
        if request.param("refuse"):
            return _back(app, {"code": "null", "error": "auth_denied"}, request)
        shops = [shop for shop in state.shops.values() if shop.app_key == app.key]
        wanted = request.param("shop_id")
        chosen = [shop for shop in shops if shop.id == wanted] if wanted else shops
        if not chosen:
            return Answer.html("<p>Unknown shop.</p>", 404)
        if len(chosen) > 1 and "text/html" in request.headers.get("accept", ""):
            return _consent_page(request, shops)
        return _back(app, {"code": new_code(state, app, chosen[0])}, request)


def _app_asked_for(state: TikTokState, request: Request) -> App | None:
    service, key = request.param("service_id"), request.param("app_key")
    for app in state.apps.values():
        if (service and app.service_id == service) or (key and app.key == key):
            return app
    return None


def new_code(state: TikTokState, app: App, shop: Shop) -> str:
    """A code for one shop: single use, half an hour."""
    code = ("TTP_" if shop.region == "US" else "ROW_") + secrets.token_urlsafe(24)
    scopes = next(
        (one.grant.scopes for one in state.tokens.values() if shop.id in one.grant.shop_ids), []
    )
    state.codes[code] = {
        "app_key": app.key,
        "shop_ids": [shop.id],
        "scopes": list(scopes),
        "expires": state.clock.line() + CODE_SECONDS,
    }
    return code


def _back(app: App, params: dict[str, str], request: Request) -> Answer:
    joint = "&" if urlsplit(app.redirect_url).query else "?"
    query = urlencode({"app_key": app.key, **params, "state": request.param("state")})
    return Answer.redirect(app.redirect_url + joint + query)


def _consent_page(request: Request, shops: list[Shop]) -> Answer:
    base = f"?{request.raw_query}"
    rows = "".join(
        f'<p><a href="{html.escape(base)}&amp;shop_id={shop.id}">Authorize '
        f"{html.escape(shop.name)} ({shop.region})</a></p>"
        for shop in shops
    )
    refuse_link = f'<p><a href="{html.escape(base)}&amp;refuse=1">Refuse</a></p>'
    return Answer.html(f"<h1>Sandbox: TikTok Shop authorization</h1>{rows}{refuse_link}")
