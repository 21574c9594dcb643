"""The five layers a Shopify answer can fail in."""

import json

import pytest

from tests.shopify.fake_store import COST, REQUEST_ID, response
from tiktoksync import errors
from tiktoksync.lib.answers import Cost
from tiktoksync.lib.http import Response
from tiktoksync.shopify.layers import raise_user_errors, read_answer


def read(answer: Response, *, safe: bool = True, strict_search: bool = False):
    return read_answer(answer, safe=safe, version="2026-10", strict_search=strict_search)


def failure(answer: Response, *, safe: bool = True, **more: bool) -> errors.SyncError:
    with pytest.raises(errors.SyncError) as caught:
        read(answer, safe=safe, **more)
    assert caught.value.__context__ is None
    return caught.value


def graphql_error(code: str | None, message: str = "No.", **more: object) -> dict:
    extensions = {} if code is None else {"code": code}
    extensions.update(more.pop("extensions", {}))
    return {"message": message, "extensions": extensions, **more}


def test_a_good_answer_gives_data_cost_and_request_id():
    answer = read(response({"data": {"shop": {"id": "1"}}, "extensions": {"cost": COST}}))
    assert answer.data == {"shop": {"id": "1"}}
    assert answer.request_id == REQUEST_ID
    assert answer.elapsed == 0.25
    assert answer.cost == Cost(11.0, 10.0, 1990.0, 2000.0, 100.0)
    assert answer.warnings == ()


# Layer 1: no usable answer


@pytest.mark.parametrize(("safe", "name"), [(True, "Unreachable"), (False, "OutcomeUnknown")])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>hello</html>"),
        (200, b'{"data":{"orderCr'),
        (200, b"null"),
        (200, b"[]"),
        (200, b'"text"'),
        (200, b"{}"),
        (200, b'{"data":null}'),
        (200, b'{"data":[]}'),
        (200, b'{"errors":[],"data":null}'),
        (200, b'{"errors":"something"}'),
        (500, b'{"errors":"An unexpected error occurred"}'),
        (500, b'{"errors":[{"message":"x","extensions":{"code":"ACCESS_DENIED"}}]}'),
        (500, b""),
        (502, b"<html>bad gateway</html>"),
        (503, b""),
        (504, b"<html>"),
        (408, b""),
    ],
)
def test_an_answer_that_says_nothing_clear(status: int, body: bytes, safe: bool, name: str):
    assert type(failure(response(body, status), safe=safe)).__name__ == name


# Layer 2: a status, with errors that are a string or an object


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize(
    ("status", "body", "name", "reason"),
    [
        (400, {"errors": {"query": "Required parameter missing"}}, "ConfigError", ""),
        (
            401,
            {"errors": "[API] Invalid API key or access token"},
            "NotAuthorized",
            "token_invalid",
        ),
        (402, {"errors": "This shop's plan does not have access"}, "NotAuthorized", "plan"),
        (403, {"errors": "User does not have access"}, "NotAuthorized", "unavailable"),
        (403, {"errors": "Unavailable Shop"}, "NotAuthorized", "unavailable"),
        (
            403,
            {"errors": "[API] This action requires merchant approval for write_orders scope."},
            "NotAuthorized",
            "scope_missing",
        ),
        (
            403,
            {"errors": "[API] Non-expiring access tokens are no longer accepted for the API."},
            "NotAuthorized",
            "token_invalid",
        ),
        (404, {"errors": "Not Found"}, "NotAuthorized", "closed"),
        (423, {"errors": "This shop is unavailable"}, "NotAuthorized", "unavailable"),
        (429, {"errors": "Throttled"}, "RateLimited", ""),
        (406, {"errors": ["Not Acceptable"]}, "Rejected", ""),
        (422, b"", "Rejected", ""),
    ],
)
def test_a_status_with_words(status: int, body: object, name: str, reason: str, safe: bool):
    error = failure(response(body, status), safe=safe)
    assert type(error).__name__ == name
    assert getattr(error, "account_reason", "") == reason
    assert error.code == f"http_{status}"
    assert error.request_id == REQUEST_ID


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [(404, b"<html>", "NotAuthorized"), (301, b"", "ConfigError"), (302, b"<", "ConfigError")],
)
def test_somebody_between_may_have_passed_a_change_on(status: int, body: bytes, name: str):
    """What is not Shopify's own word is a no to a question only."""
    assert type(failure(response(body, status), safe=True)).__name__ == name
    assert type(failure(response(body, status), safe=False)).__name__ == "OutcomeUnknown"


def test_an_unlisted_error_is_told_in_shopifys_words():
    error = failure(response({"errors": [graphql_error("FLUX")]}))
    assert isinstance(error, errors.Rejected)
    assert error.message.startswith("Shopify refused the request. It said: “FLUX: ")


def test_a_value_that_is_refused_is_named_and_never_quoted():
    problem = {"path": ["shippingAddress", "zip"], "explanation": "secret street 5"}
    refused = graphql_error("INVALID_VARIABLE")
    refused["extensions"]["problems"] = [problem]
    error = failure(response({"errors": [refused]}))
    assert error.message == (
        "Shopify does not accept a value of the request. It is the value of shippingAddress.zip."
    )


def test_known_errors_in_a_list_count_more_than_a_client_status():
    body = {"errors": [graphql_error("undefinedField")]}
    assert type(failure(response(body, 400))).__name__ == "ConfigError"
    assert failure(response(body, 400)).code == "undefinedField"


@pytest.mark.parametrize(
    ("header", "seconds"), [({"Retry-After": "2.0"}, 2.0), ({"retry-after": "5"}, 5.0), ({}, None)]
)
def test_too_many_requests_keep_their_delay(header: dict[str, str], seconds: float | None):
    error = failure(response(b"", 429, header))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == seconds
    assert error.pauses_account


# Layer 3: top-level errors


def test_throttled_waits_until_the_bucket_holds_what_is_asked():
    cost = {
        "requestedQueryCost": 752,
        "actualQueryCost": None,
        "throttleStatus": {
            "maximumAvailable": 2000,
            "currentlyAvailable": 120,
            "restoreRate": 100,
        },
    }
    body = {"errors": [graphql_error("THROTTLED", "Throttled")], "extensions": {"cost": cost}}
    error = failure(response(body), safe=False)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == pytest.approx(6.32)
    assert error.cost is not None
    assert (error.cost.actual, error.cost.restore_rate) == (None, 100)


@pytest.mark.parametrize(
    "cost", [None, {}, {"requestedQueryCost": "x"}, {"throttleStatus": {"restoreRate": 0}}, 5]
)
def test_throttled_without_figures_leaves_the_delay_open(cost: object):
    body = {"errors": [graphql_error("THROTTLED")], "extensions": {"cost": cost}}
    error = failure(response(body))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after is None


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("MAX_COST_EXCEEDED", "ConfigError"),
        ("ACCESS_DENIED", "NotAuthorized"),
        ("SHOP_INACTIVE", "NotAuthorized"),
        ("INVALID_VARIABLE", "Rejected"),
        ("INVALID_FIELD_ARGUMENTS", "Rejected"),
        ("BAD_REQUEST", "Rejected"),
        ("MAX_INPUT_SIZE_EXCEEDED", "Rejected"),
        ("RESOURCE_NOT_FOUND", "Gone"),
        ("NOT_FOUND", "ConfigError"),
        ("undefinedField", "ConfigError"),
        ("missingRequiredArguments", "ConfigError"),
        ("argumentNotAccepted", "ConfigError"),
        ("SOMETHING_NEW", "Rejected"),
        (None, "Rejected"),
    ],
)
def test_a_top_level_error_without_data(code: str | None, name: str, safe: bool):
    error = failure(response({"errors": [graphql_error(code)]}), safe=safe)
    assert type(error).__name__ == name
    assert error.code == (code or "")


@pytest.mark.parametrize(("safe", "name"), [(True, "Unreachable"), (False, "OutcomeUnknown")])
@pytest.mark.parametrize(
    "error",
    [
        graphql_error("INTERNAL_SERVER_ERROR", "Internal error.", extensions={"requestId": "x"}),
        graphql_error("TIMEOUT"),
        graphql_error(None, "Internal error. Looks like something went wrong on our end."),
    ],
)
@pytest.mark.parametrize("data", [None, {"orderCreate": None}])
def test_an_internal_error_is_no_clear_answer(error: dict, data: object, safe: bool, name: str):
    failed = failure(response({"data": data, "errors": [error]}), safe=safe)
    assert type(failed).__name__ == name


def test_missing_scope_is_told_as_such():
    body = {
        "data": {"orders": None},
        "errors": [
            graphql_error(
                "ACCESS_DENIED",
                "Access denied for orders field. Required access: `read_orders` access scope.",
                path=["orders"],
            )
        ],
    }
    error = failure(response(body))
    assert isinstance(error, errors.NotAuthorized)
    assert error.account_reason == "scope_missing"
    assert "read_orders" in error.detail
    assert error.message == (
        "Shopify has not granted the permission read_orders. "
        "Turn it on for the app in Shopify, then authorize the app again."
    )


def test_required_access_names_the_permission_and_nothing_else_does():
    denied = graphql_error("ACCESS_DENIED", "Denied for `secret`.", path=["orders"])
    access = {"requiredAccess": "`write_orders` or `write_draft_orders` access scope."}
    denied["extensions"] |= access
    named = failure(response({"data": {"orders": None}, "errors": [denied]}))
    assert named.message.startswith(
        "Shopify has not granted the permission write_orders or write_draft_orders. "
    )
    bare = graphql_error("ACCESS_DENIED", "Denied for `secret`.", path=["orders"])
    unnamed = failure(response({"data": {"orders": None}, "errors": [bare]}))
    assert unnamed.message == "Shopify has not granted a permission. Authorize the app again."


def test_a_refused_variable_names_its_field():
    problems = [{"path": ["lineItems", 0, "quantity"], "explanation": "Expected value"}]
    body = {"errors": [graphql_error("INVALID_VARIABLE", extensions={"problems": problems})]}
    error = failure(response(body))
    assert isinstance(error, errors.Rejected)
    assert error.field == "lineItems.0.quantity"


def test_of_several_errors_the_gravest_counts():
    body = {
        "errors": [
            graphql_error("BAD_REQUEST"),
            graphql_error("ACCESS_DENIED"),
            graphql_error("INTERNAL_SERVER_ERROR"),
        ]
    }
    assert isinstance(failure(response(body), safe=False), errors.OutcomeUnknown)
    body["errors"].append(graphql_error("THROTTLED"))
    assert isinstance(failure(response(body), safe=False), errors.RateLimited)


@pytest.mark.parametrize("entry", ["just text", 5, {"message": None}, {"extensions": []}, ["a"]])
def test_errors_of_a_strange_shape_do_not_crash(entry: object):
    assert isinstance(failure(response({"errors": [entry]})), errors.Rejected)


# Layer 5: data and errors together


def test_usable_data_is_kept_and_the_denial_becomes_a_warning():
    data = {"order": {"id": "1", "email": None}}
    body = {
        "data": data,
        "errors": [graphql_error("ACCESS_DENIED", "Not approved.", path=["order", "email"])],
    }
    answer = read(response(body))
    assert answer.data == data
    assert answer.warnings == ("ACCESS_DENIED at order.email: Not approved.",)


def test_a_root_lost_to_an_error_is_never_read_as_not_found():
    data = {"orderByIdentifier": None, "orders": {"nodes": []}}
    error = graphql_error("NOT_FOUND", "Metafield definition of type 'id' is required")
    for path in ({"path": ["orderByIdentifier"]}, {}):
        failed = failure(response({"data": data, "errors": [error | path]}))
        assert isinstance(failed, errors.ConfigError)


def test_an_empty_root_is_an_answer_when_the_error_is_about_another_one():
    data = {"orderByIdentifier": None, "orders": {"nodes": [{"id": "1", "email": None}]}}
    path = ["orders", "nodes", 0, "email"]
    body = {"data": data, "errors": [graphql_error("ACCESS_DENIED", path=path)]}
    assert read(response(body)).data == data


def test_an_empty_root_without_errors_is_an_answer():
    assert read(response({"data": {"order": None}})).data == {"order": None}


# Searches and versions


SEARCH = {
    "data": {"orders": {"nodes": []}},
    "extensions": {
        "search": [
            {
                "path": ["orders"],
                "query": "source_identifer:'1'",
                "parsed": {},
                "warnings": [
                    {
                        "field": "source_identifer",
                        "message": "Invalid search field for this query.",
                        "code": "invalid_field",
                    }
                ],
            }
        ]
    },
}


def test_an_ignored_search_term_fails_a_look_up():
    error = failure(response(SEARCH), strict_search=True)
    assert isinstance(error, errors.ConfigError)
    assert "source_identifer" in error.detail


def test_an_ignored_search_term_is_a_warning_in_a_poll():
    warning = "search source_identifer: Invalid search field for this query."
    assert read(response(SEARCH)).warnings == (warning,)


@pytest.mark.parametrize(
    "search", [None, [], {}, [None], [{"warnings": None}], [{"warnings": [1]}]]
)
def test_a_search_without_warnings_passes(search: object):
    body = {"data": {"orders": {}}, "extensions": {"search": search}}
    assert read(response(body), strict_search=True).warnings == ()


def test_another_version_answering_is_noted():
    answer = read(response({"data": {"a": 1}}, headers={"X-Shopify-API-Version": "2026-01"}))
    assert answer.warnings == ("version 2026-10 was answered by 2026-01",)


@pytest.mark.parametrize(
    "extensions", [None, [], "x", {"cost": []}, {"cost": {"actualQueryCost": "x"}}]
)
def test_strange_extensions_cost_nothing(extensions: object):
    assert read(response({"data": {"a": 1}, "extensions": extensions})).cost is None


# Layer 4: user errors


def test_user_errors_are_rejections_with_field_and_message():
    payload = json.loads(
        '{"order":null,"userErrors":['
        '{"field":["order","lineItems",0,"taxLines"],"code":"TAX_LINE_RATE_MISSING","message":"A"},'
        '{"field":null,"code":"INVALID","message":"B"}]}'
    )
    with pytest.raises(errors.Rejected) as caught:
        raise_user_errors(payload, request_id="R1")
    error = caught.value
    assert error.message == "Shopify refused it: A; B"
    assert error.field == "order.lineItems.0.taxLines"
    assert (error.code, error.request_id) == ("TAX_LINE_RATE_MISSING", "R1")
    assert error.detail == "order.lineItems.0.taxLines: TAX_LINE_RATE_MISSING; : INVALID"


@pytest.mark.parametrize("payload", [{}, {"userErrors": []}, {"userErrors": None}, {"x": 1}])
def test_a_payload_without_user_errors_passes(payload: dict):
    assert raise_user_errors(payload) is None


@pytest.mark.parametrize(
    "text",
    [
        "Exceeded order API rate limit, please try again in a minute.",
        "RATE LIMIT reached",
    ],
)
def test_a_limit_told_as_a_user_error_waits_a_minute(text: str):
    with pytest.raises(errors.RateLimited) as caught:
        raise_user_errors({"userErrors": [{"message": "x"}, {"field": None, "message": text}]})
    assert caught.value.retry_after == 60.0


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("SHOP_DORMANT", "NotAuthorized"),
        ("IDEMPOTENCY_CONCURRENT_REQUEST", "OutcomeUnknown"),
        ("INTERNAL_ERROR", "OutcomeUnknown"),
        ("INVALID", "Rejected"),
        ("INVENTORY_CLAIM_FAILED", "Rejected"),
        ("SOMETHING_NEW", "Rejected"),
    ],
)
def test_some_user_errors_are_more_than_a_refused_value(code: str, name: str):
    with pytest.raises(errors.SyncError) as caught:
        raise_user_errors({"userErrors": [{"code": code, "message": "No."}]})
    assert type(caught.value).__name__ == name


def test_user_errors_stand_under_another_name_in_some_payloads():
    with pytest.raises(errors.Rejected, match="already been canceled"):
        raise_user_errors(
            {
                "orderCancelUserErrors": [
                    {"message": "Cannot cancel an order that has already been canceled"}
                ]
            },
            key="orderCancelUserErrors",
        )
