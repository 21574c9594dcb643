"""The GraphQL endpoint: token, cost, execution, and the shapes of its errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError, execute

from tiktoksync.sandbox.faults import Rule, answer_under_faults
from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.log import Call
from tiktoksync.sandbox.shopify.cost import MOST
from tiktoksync.sandbox.shopify.documents import Document, Operation, read_document
from tiktoksync.sandbox.shopify.error_shapes import shape_errors, variable_errors
from tiktoksync.sandbox.shopify.errors import TEXT_401, TEXT_404
from tiktoksync.sandbox.shopify.resolvers.queries import VERSIONS
from tiktoksync.sandbox.shopify.schema import SCHEMA
from tiktoksync.sandbox.shopify.state import Context, ShopifyState, Store, Token

if TYPE_CHECKING:
    from tiktoksync.sandbox.world import World

Body = dict[str, Any]

LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"
UNAVAILABLE = {
    402: "This shop's plan does not have access to this feature",
    403: "Unavailable Shop",
    404: TEXT_404,
    423: "This shop is unavailable",
}


def serve_graphql(world: World, request: Request, call: Call) -> Answer:
    """Answer one POST to ``/admin/api/{version}/graphql.json``."""
    state = world.shopify
    call.request_id = state.request_id()
    call.operation = "graphql"
    store = state.stores.get(call.shop)
    parts = request.parts
    if store is None or len(parts) != 4 or parts[3] != "graphql.json" or request.method != "POST":
        return _finish(call, string_error(call, 404, TEXT_404), "")
    version = _answering_version(parts[2])
    _learn_address(state, request)
    try:
        payload = _read_payload(request)
    except ValueError:
        bad = {"errors": {"query": "Required parameter missing or invalid"}}
        return _finish(call, Answer.json(bad, 400), version)
    document = read_document(payload["query"])
    operation = document.pick(payload["operationName"])
    _name_call(call, operation, payload["operationName"])

    def work() -> Answer:
        with world.lock:
            return _run(state, store, request, call, document, operation, payload, version)

    answer = answer_under_faults(
        world.faults, call, work, lambda rule, done: spoil(state, store, call, rule, done)
    )
    return _finish(call, answer, version)


def _learn_address(state: ShopifyState, request: Request) -> None:
    """Files are offered under the address that the client uses, unless that is a store's name."""
    host = request.headers.get("host", "")
    if host and not host.partition(":")[0].endswith(".myshopify.com"):
        state.base_url = f"http://{host}"


def _answering_version(asked: str) -> str:
    """An unknown or old version falls forward to the oldest supported one."""
    return asked if asked in VERSIONS or asked == "unstable" else VERSIONS[0]


def _read_payload(request: Request) -> Body:
    if request.headers.get("content-type", "").startswith("application/graphql"):
        return {"query": request.body.decode(), "variables": {}, "operationName": None}
    body = request.json()
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise ValueError("query")
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise ValueError("variables")
    return {
        "query": body["query"],
        "variables": variables,
        "operationName": body.get("operationName"),
    }


def _name_call(call: Call, operation: Operation | None, name: str | None) -> None:
    if operation is not None:
        call.operation = "+".join(operation.fields)
        call.operations = (*operation.fields, operation.name or name or "")


def _run(
    state: ShopifyState,
    store: Store,
    request: Request,
    call: Call,
    document: Document,
    operation: Operation | None,
    payload: Body,
    version: str,
) -> Answer:
    if store.unavailable:
        return string_error(call, store.unavailable, UNAVAILABLE[store.unavailable])
    token = find_token(state, store, request)
    if token is None:
        return string_error(call, 401, TEXT_401)
    call.token_tag = token.tag
    if document.errors:
        return _errors(call, document.errors)
    if operation is None or document.ast is None:
        return _errors(call, [{"message": "No operation named as asked"}])
    variables = payload["variables"]
    asked = operation.plan.requested(variables)
    call.requested_cost = asked
    refused = _charge(state, store, token, call, asked)
    if refused is not None:
        return refused
    context = Context(state, store, token, version)
    result = execute(
        SCHEMA, document.ast, context_value=context, variable_values=variables,
        operation_name=payload["operationName"],
    )  # fmt: skip
    assert isinstance(result, ExecutionResult)
    return _answer(state, store, token, call, operation, context, result, variables)


def find_token(state: ShopifyState, store: Store, request: Request) -> Token | None:
    """The access token of a request, if it is alive and of this store."""
    token = state.tokens.get(request.headers.get("x-shopify-access-token", ""))
    if token is None or token.kind != "access" or token.revoked or token.domain != store.domain:
        return None
    if token.expires_at is not None and token.expires_at <= state.clock.wall("shopify"):
        return None
    retire_predecessor(state, token)
    return token


def retire_predecessor(state: ShopifyState, token: Token) -> None:
    """The first use of a refreshed token ends the refresh token it came from."""
    if token.predecessor:
        state.tokens[token.predecessor].revoked = True
        token.predecessor = ""


def _charge(
    state: ShopifyState, store: Store, token: Token, call: Call, asked: int
) -> Answer | None:
    """Reserve the asked cost; an answer when the call may not run."""
    bucket = state.bucket(token.api_key, store.domain)
    if asked > MOST:
        text = (
            f"Query cost is {asked}, which exceeds the single query max cost limit ({MOST}). "
            "Ask for fewer rows, or use a bulk operation."
        )
        more = {"code": "MAX_COST_EXCEEDED", "cost": asked, "maxCost": MOST}
        more["documentation"] = LIMITS_PAGE
        return _errors(call, [{"message": text, "extensions": more}])
    if bucket.take(asked, state.clock.line()):
        return None
    return throttled(state, store, token.api_key, call, asked)


def throttled(state: ShopifyState, store: Store, api_key: str, call: Call, asked: float) -> Answer:
    """Nothing ran: no data, no actual cost."""
    call.code = "THROTTLED"
    bucket = state.bucket(api_key, store.domain)
    error = {
        "message": "Throttled",
        "extensions": {"code": "THROTTLED", "documentation": LIMITS_PAGE},
    }
    cost = {
        "requestedQueryCost": asked,
        "actualQueryCost": None,
        "throttleStatus": bucket.status(),
    }
    return Answer.json({"errors": [error], "extensions": {"cost": cost}})


def _answer(
    state: ShopifyState,
    store: Store,
    token: Token,
    call: Call,
    operation: Operation,
    context: Context,
    result: ExecutionResult,
    variables: Body,
) -> Answer:
    bucket = state.bucket(token.api_key, store.domain)
    asked = operation.plan.requested(variables)
    if result.data is None and result.errors and _before_start(result.errors):
        bucket.give_back(asked)
        return _errors(call, variable_errors(operation, variables) or shape_errors(result.errors))
    actual = operation.plan.actual(result.data, variables)
    actual = max(actual, 10 if operation.mutation else 1)
    actual = min(actual, asked) if asked else actual
    bucket.give_back(asked - actual)
    call.cost = actual
    body: Body = {"data": result.data}
    if result.errors:
        body["errors"] = shape_errors(result.errors)
    call.code = _outcome(result)
    extensions: Body = {
        "cost": {
            "requestedQueryCost": asked,
            "actualQueryCost": actual,
            "throttleStatus": bucket.status(),
        }
    }
    if context.warnings:
        extensions["search"] = context.warnings
    body["extensions"] = extensions
    return Answer.json(body)


def _before_start(errors: list[GraphQLError]) -> bool:
    return all(error.path is None for error in errors)


def _outcome(result: ExecutionResult) -> str:
    """What the log says: the first error code, the first user error, or ok."""
    if result.errors:
        return str((result.errors[0].extensions or {}).get("code", "ERROR"))
    for payload in (result.data or {}).values():
        if isinstance(payload, dict):
            refused = payload.get("userErrors") or payload.get("orderCancelUserErrors")
            if refused:
                return "USER_ERROR"
    return "ok"


def _errors(call: Call, errors: list[Body]) -> Answer:
    call.code = str((errors[0].get("extensions") or {}).get("code", "ERROR"))
    return Answer.json({"errors": errors})


def string_error(call: Call, status: int, text: str) -> Answer:
    """A refusal whose ``errors`` is a plain text."""
    call.code = str(status)
    return Answer.json({"errors": text}, status)


def _finish(call: Call, answer: Answer, version: str) -> Answer:
    answer.headers["X-Request-Id"] = call.request_id
    if version:
        answer.headers["X-Shopify-API-Version"] = version
    return answer


def spoil(state: ShopifyState, store: Store, call: Call, rule: Rule, done: Answer | None) -> Answer:
    """How this platform says throttled, refused or broken."""
    params = rule.params
    call.code = rule.action
    if rule.action == "throttle":
        return _spoil_throttle(state, store, call, params)
    if rule.action == "internal_error_200":
        error = {
            "message": "Internal error. Looks like something went wrong on our end.",
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": call.request_id},
        }
        return Answer.json({"errors": [error]})
    if rule.action == "user_errors":
        return _spoil_with_user_errors(call, params)
    if rule.action == "graphql_errors":
        body = json.loads(done.body) if done and done.body else {"data": None}
        default = {"message": params.get("message", "sandbox fault"),
                   "extensions": {"code": params.get("code", "INTERNAL_SERVER_ERROR")}}  # fmt: skip
        body["errors"] = params.get("errors") or [default]
        return Answer.json(body)
    text = params.get("message", "An unexpected error occurred")
    return string_error(call, int(params.get("status", params.get("code", 500))), text)


def _spoil_with_user_errors(call: Call, params: Body) -> Answer:
    """A mutation that was refused: its object (``order`` unless named) is null."""
    error = {
        "field": params.get("field"),
        "message": params.get("message", "sandbox fault"),
        "code": params.get("code"),
    }
    refused = {str(params.get("object", "order")): None, "userErrors": [error]}
    return Answer.json({"data": {call.operation: refused}})


def _spoil_throttle(state: ShopifyState, store: Store, call: Call, params: Body) -> Answer:
    if params.get("status") == 429 or "retry_after" in params:
        answer = string_error(call, 429, "Exceeded 2 calls per second for api client.")
        if params.get("retry_after") is not None:
            answer.headers["Retry-After"] = str(params["retry_after"])
        return answer
    asked = float(params.get("requested", call.requested_cost or 12))
    answer = throttled(state, store, store.api_key, call, asked)
    body = json.loads(answer.body)
    status = body["extensions"]["cost"]["throttleStatus"]
    status["currentlyAvailable"] = float(params.get("available", 0))
    return Answer.json(body)
