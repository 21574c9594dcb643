"""The front door of the Open API: every check in the order the gateway makes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tiktoksync.sandbox.faults import Rule, answer_under_faults
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.log import Call
from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.endpoints import ROUTER
from tiktoksync.sandbox.tiktok.errors import ApiError
from tiktoksync.sandbox.tiktok.lifecycle import settle
from tiktoksync.sandbox.tiktok.routes import Context, RawData, Route
from tiktoksync.sandbox.tiktok.shops import retire_predecessor
from tiktoksync.sandbox.tiktok.signing import request_is_signed
from tiktoksync.sandbox.tiktok.state import App, Shop, TikTokState, Token

if TYPE_CHECKING:
    from tiktoksync.sandbox.world import World

OLDEST = 300
FUTURE = 30


def serve_api(world: World, request: Request, call: Call) -> Answer:
    """Answer one call of the API host."""
    state = world.tiktok
    call.request_id = state.request_id()
    try:
        route, params, version = ROUTER.find(request.method, request.path)
    except ApiError as error:
        return refuse(call, error)
    call.operation, call.operations = route.key, (request.path,)
    shop = state.shop_of_cipher(request.param("shop_cipher"))
    call.shop = shop.id if shop else ""

    def work() -> Answer:
        with world.lock:
            settle(world.tiktok)
            return _run(world.tiktok, request, call, route, params, version)

    return answer_under_faults(world.faults, call, work, lambda rule, done: spoil(call, rule, done))


def _run(
    state: TikTokState,
    request: Request,
    call: Call,
    route: Route,
    params: dict[str, str],
    version: str,
) -> Answer:
    try:
        app = _check_app(state, request)
        _check_time(state, request)
        _check_sign(app, request)
        token = _check_token(state, app, request)
        call.token_tag = token.tag
        if route.scope and route.scope not in token.grant.scopes:
            raise errors.missing_scope()
        shop = _check_cipher(state, token, route, request)
        call.shop = shop.id if shop else (token.grant.shop_ids or [""])[0]
        body = _read_body(request)
        data = route.endpoint(Context(state, request, token, shop, params, version, body))
    except ApiError as error:
        return refuse(call, error)
    return succeed(call, data)


def succeed(call: Call, data: dict[str, Any] | RawData) -> Answer:
    """The envelope of a success, keys in alphabetical order."""
    call.code = "0"
    text = data if isinstance(data, RawData) else dump(data)
    body = f'{{"code":0,"data":{text},"message":"Success","request_id":"{call.request_id}"}}'
    return Answer(200, body.encode(), {"Content-Type": "application/json"})


def refuse(call: Call, error: ApiError, data: Any = None) -> Answer:
    """The envelope of a refusal."""
    call.code = str(error.code)
    body = {
        "code": error.code,
        "data": data if data is not None else {},
        "message": error.message,
        "request_id": call.request_id,
    }
    return Answer(error.status, dump(body).encode(), {"Content-Type": "application/json"})


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def spoil(call: Call, rule: Rule, done: Answer | None) -> Answer:
    """How this platform says throttled, refused or broken."""
    params = rule.params
    if rule.action == "throttle":
        answer = refuse(call, errors.throttled())
        if params.get("retry_after") is not None:
            answer.headers["Retry-After"] = str(params["retry_after"])
        return answer
    if rule.action == "internal_error_200":
        text = "Internal error. Please try again. If the issue persists after multiple attempts, "
        return refuse(call, ApiError(36009003, text + "please contact platform support."))
    code = int(params.get("code", 36009003))
    status = int(params.get("status", 200))
    return refuse(call, ApiError(code, str(params.get("message", "sandbox fault")), status))


def _check_app(state: TikTokState, request: Request) -> App:
    app = state.apps.get(request.param("app_key"))
    if app is None:
        raise errors.bad_app_key()
    return app


def _check_time(state: TikTokState, request: Request) -> None:
    text = request.param("timestamp")
    if not text.lstrip("-").isdigit() or len(text) > 12:
        raise errors.bad_timestamp("be earlier than 5 minutes before the current time")
    age = state.now() - int(text)
    if int(text) < 0:
        raise errors.bad_timestamp("be lesser than 0")
    if age > OLDEST:
        raise errors.bad_timestamp("be earlier than 5 minutes before the current time")
    if age < -FUTURE:
        raise errors.bad_timestamp("exceed the current time by more than 30 seconds")


def _check_sign(app: App, request: Request) -> None:
    given = request.param("sign")
    if not given:
        raise errors.missing_sign()
    kind = request.headers.get("content-type", "")
    if not request_is_signed(app.secret, request.path, request.query, request.body, kind, given):
        raise errors.bad_sign()


def _check_token(state: TikTokState, app: App, request: Request) -> Token:
    token = state.tokens.get(request.headers.get("x-tts-access-token", ""))
    if token is None or token.kind != "access" or token.app_key != app.key or token.revoked:
        raise errors.bad_token()
    if token.expires_at <= state.now():
        raise errors.expired_token()
    retire_predecessor(state, token)
    return token


def _check_cipher(state: TikTokState, token: Token, route: Route, request: Request) -> Shop | None:
    cipher = request.param("shop_cipher")
    if not route.cipher:
        if cipher and state.config["strict"]:
            raise errors.unexpected_cipher()
        return None
    if not cipher:
        raise errors.missing_cipher()
    shop = state.shop_of_cipher(cipher)
    if shop is None or shop.id not in token.grant.shop_ids or not shop.authorized:
        raise errors.wrong_cipher()
    return shop


def _read_body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith("multipart/form-data"):
        return {}
    if not kind.startswith("application/json"):
        raise errors.wrong_content_type()
    try:
        body = request.json()
    except ValueError:
        raise errors.bad_param("body is not valid JSON") from None
    if not isinstance(body, dict):
        raise errors.bad_param("body must be an object")
    return body
