"""Authorizing an app and its tokens: authorize, exchange, refresh, client credentials, trading."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tiktoksync.sandbox.faults import Rule, answer_under_faults
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.log import Call
from tiktoksync.sandbox.shopify.endpoint import retire_predecessor, string_error
from tiktoksync.sandbox.shopify.errors import TEXT_404
from tiktoksync.sandbox.shopify.session_tokens import read_claims, user_fields
from tiktoksync.sandbox.shopify.state import App, ShopifyState, Store, Token

if TYPE_CHECKING:
    from tiktoksync.sandbox.world import World

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 90 * 86400
CREDENTIALS_SECONDS = 86399
ONLINE_SECONDS = 86399
CODE_SECONDS = 60
TRADE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"


def query_hmac(params: list[tuple[str, str]], secret: str) -> str:
    """The ``hmac`` of a query string: the other parameters, sorted, joined, signed in hex."""
    pairs = sorted(pair for pair in params if pair[0] not in ("hmac", "signature"))
    message = "&".join(f"{key}={value}" for key, value in pairs)
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def serve_oauth(world: World, request: Request, call: Call) -> Answer:
    """``/admin/oauth/authorize`` and ``/admin/oauth/access_token``."""
    state = world.shopify
    call.request_id = state.request_id()
    store = state.stores.get(call.shop)
    if store is None:
        return string_error(call, 404, TEXT_404)
    action = request.parts[-1]
    call.operation = f"oauth.{action}"

    def work() -> Answer:
        with world.lock:
            if action == "authorize" and request.method == "GET":
                return _authorize(state, store, request, call)
            if action == "access_token" and request.method == "POST":
                return _access_token(state, store, request, call)
            return string_error(call, 404, TEXT_404)

    return answer_under_faults(world.faults, call, work, lambda rule, _done: _spoil(call, rule))


def _spoil(call: Call, rule: Rule) -> Answer:
    status = 429 if rule.action == "throttle" else int(rule.params.get("status", 500))
    answer = string_error(call, status, str(rule.params.get("message", "sandbox fault")))
    if rule.params.get("retry_after") is not None:
        answer.headers["Retry-After"] = str(rule.params["retry_after"])
    return answer


def _authorize(state: ShopifyState, store: Store, request: Request, call: Call) -> Answer:
    """Agree on the merchant's behalf and go back to the app at once."""
    app = state.apps.get(request.param("client_id"))
    redirect = request.param("redirect_uri")
    if app is None or not _may_redirect(app, redirect):
        call.code = "invalid_request"
        text = "Oauth error invalid_request: The redirect_uri is not whitelisted"
        return Answer.html(text, 400)
    code = secrets.token_hex(16)
    state.codes[code] = {
        "domain": store.domain,
        "api_key": app.key,
        "scopes": [one for one in request.param("scope").split(",") if one],
        "online": request.param("grant_options[]") == "per-user",
        "expires": state.clock.line() + CODE_SECONDS,
    }
    host = base64.b64encode(f"{store.domain}/admin".encode()).decode().rstrip("=")
    params = [
        ("code", code),
        ("host", host),
        ("shop", store.domain),
        ("state", request.param("state")),
        ("timestamp", str(int(state.clock.wall("shopify")))),
    ]
    params.append(("hmac", query_hmac(params, app.secret)))
    call.code = "ok"
    joint = "&" if urlsplit(redirect).query else "?"
    return Answer.redirect(redirect + joint + urlencode(params))


def _may_redirect(app: App, redirect: str) -> bool:
    """An empty allow-list lets every address pass."""
    good = urlsplit(redirect).scheme in ("http", "https")
    return good and (not app.redirect_urls or redirect in app.redirect_urls)


def _access_token(state: ShopifyState, store: Store, request: Request, call: Call) -> Answer:
    given = _read_form(request)
    app = state.apps.get(given.get("client_id", ""))
    if app is None or not hmac.compare_digest(
        app.secret.encode(), given.get("client_secret", "").encode()
    ):
        return _refuse(call, "invalid_client", "The client is unknown or its secret is wrong.")
    match given.get("grant_type", ""):
        case "refresh_token":
            return _refresh(state, store, app, given, call)
        case "client_credentials":
            token = _new_access(state, store, app, _scopes_of(state, store), CREDENTIALS_SECONDS)
            return _grant(call, token, {"expires_in": CREDENTIALS_SECONDS})
        case "" | "authorization_code":
            return _exchange(state, store, app, given, call)
        case _ if given["grant_type"] == TRADE:
            return _trade(state, store, app, given, call)
        case _:
            return _refuse(call, "unsupported_grant_type", "The grant type is not supported.")


def _read_form(request: Request) -> dict[str, str]:
    if "json" in request.headers.get("content-type", ""):
        try:
            body = request.json()
        except ValueError:
            return {}
        return {key: str(value) for key, value in body.items()} if isinstance(body, dict) else {}
    return {**dict(parse_qsl(request.raw_query)), **request.form()}


def _exchange(
    state: ShopifyState, store: Store, app: App, given: dict[str, str], call: Call
) -> Answer:
    known = state.codes.pop(given.get("code", ""), None)
    if (
        known is None
        or known["domain"] != store.domain
        or known["api_key"] != app.key
        or known["expires"] < state.clock.line()
    ):
        text = "The authorization code was not found or was already used"
        return _refuse(call, "invalid_request", text)
    store.api_key = app.key
    scopes = known["scopes"] or _scopes_of(state, store)
    if known["online"]:
        return _give_online(state, store, app, scopes, call)
    return _give_offline(state, store, app, scopes, given, call)


def _give_offline(
    state: ShopifyState, store: Store, app: App, scopes: list[str], given: dict[str, str],
    call: Call,
) -> Answer:  # fmt: skip
    """A token of the app's own: with ``expiring=1`` a pair, otherwise one without an end."""
    if given.get("expiring") != "1":
        return _grant(call, _new_access(state, store, app, scopes, None), {})
    access, refresh = _new_pair(state, store, app, scopes)
    return _grant(call, access, _pair_fields(state, refresh))


def _give_online(
    state: ShopifyState, store: Store, app: App, scopes: list[str], call: Call
) -> Answer:
    """A token of a member of staff; it ends with the day and cannot be refreshed."""
    token = _new_access(state, store, app, scopes, ONLINE_SECONDS)
    return _grant(call, token, {"expires_in": ONLINE_SECONDS, **user_fields(scopes)})


def _trade(
    state: ShopifyState, store: Store, app: App, given: dict[str, str], call: Call
) -> Answer:
    """Token exchange: a session token, or an old token without an end, for an access token."""
    wanted, kind = given.get("requested_token_type", ""), given.get("subject_token_type", "")
    subject = given.get("subject_token", "")
    scopes = _scopes_of(state, store)
    if wanted not in (OFFLINE, ONLINE) or kind not in (ID_TOKEN, OFFLINE):
        return _refuse(call, "invalid_request", "The token types are not supported.")
    if kind == OFFLINE:
        old = _endless_token(state, store, app, subject)
        if old is None or wanted != OFFLINE or given.get("expiring") != "1":
            return _refuse(call, "invalid_subject_token", "The token cannot be exchanged.")
        old.revoked, scopes = True, old.scopes
    elif read_claims(subject, app, store.domain, state.clock.wall("shopify")) is None:
        return _refuse(call, "invalid_subject_token", "The session token is not valid.")
    store.api_key = app.key
    if wanted == ONLINE:
        return _give_online(state, store, app, scopes, call)
    return _give_offline(state, store, app, scopes, given, call)


def _endless_token(state: ShopifyState, store: Store, app: App, value: str) -> Token | None:
    """The living access token of this store and app that never expires, if it is one."""
    token = state.tokens.get(value)
    if token is None or token.kind != "access" or token.revoked or token.expires_at is not None:
        return None
    return token if (token.domain, token.api_key) == (store.domain, app.key) else None


def _refresh(
    state: ShopifyState, store: Store, app: App, given: dict[str, str], call: Call
) -> Answer:
    """A new pair. The old refresh token works again until its replacement is first used."""
    old = state.tokens.get(given.get("refresh_token", ""))
    expired = old is not None and (
        old.expires_at is not None and old.expires_at <= state.clock.wall("shopify")
    )
    if (
        old is None
        or old.kind != "refresh"
        or old.revoked
        or expired
        or old.domain != store.domain
        or old.api_key != app.key
    ):
        text = "The refresh token is invalid or has expired."
        return _refuse(call, "invalid_grant", text)
    retire_predecessor(state, old)
    if old.replacement:
        state.tokens[old.replacement].revoked = True
    access, refresh = _new_pair(state, store, app, old.scopes)
    access.predecessor = refresh.predecessor = old.value
    old.replacement = refresh.value
    call.token_tag = old.tag
    state.log.record_write("shopify", store.domain, "token_refreshed", tag=access.tag)
    return _grant(call, access, _pair_fields(state, refresh))


def _scopes_of(state: ShopifyState, store: Store) -> list[str]:
    """The scopes the store's configured token has."""
    rows = [one for one in state.tokens.values() if one.domain == store.domain and one.scopes]
    return list(rows[0].scopes) if rows else []


def _new_access(
    state: ShopifyState, store: Store, app: App, scopes: list[str], seconds: int | None
) -> Token:
    store.token_number += 1
    expires = None if seconds is None else state.clock.wall("shopify") + seconds
    token = Token(
        "shpat_" + secrets.token_hex(16), "access", store.domain, app.key, list(scopes), expires,
        f"{store.domain}#{store.token_number}",
    )  # fmt: skip
    state.tokens[token.value] = token
    return token


def _new_pair(
    state: ShopifyState, store: Store, app: App, scopes: list[str]
) -> tuple[Token, Token]:
    access = _new_access(state, store, app, scopes, ACCESS_SECONDS)
    refresh = Token(
        "shprt_" + secrets.token_hex(16), "refresh", store.domain, app.key, list(scopes),
        state.clock.wall("shopify") + REFRESH_SECONDS, access.tag,
    )  # fmt: skip
    state.tokens[refresh.value] = refresh
    return access, refresh


def _pair_fields(state: ShopifyState, refresh: Token) -> dict[str, Any]:
    left = round((refresh.expires_at or 0) - state.clock.wall("shopify"))
    return {
        "expires_in": ACCESS_SECONDS,
        "refresh_token": refresh.value,
        "refresh_token_expires_in": left,
    }


def _grant(call: Call, token: Token, more: dict[str, Any]) -> Answer:
    call.code = "ok"
    body = {"access_token": token.value, "scope": ",".join(token.scopes), **more}
    return Answer.json(body)


def _refuse(call: Call, error: str, text: str) -> Answer:
    call.code = error
    return Answer.json({"error": error, "error_description": text}, 400)
