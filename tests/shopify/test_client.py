"""The Shopify client: what is asked, what comes back, and what an odd answer means."""

from decimal import Decimal

import pytest

from tests.shopify.fake_store import REQUEST_ID, always, connect, response
from tiktoksync import errors
from tiktoksync.lib.answers import Cost
from tiktoksync.shopify.payloads import (
    CancelJob,
    CreatedOrder,
    FoundOrder,
)
from tiktoksync.shopify.transport import load_document

GID = "gid://shopify/Order/6011000000001"
TIKTOK_ID = "576912345678901234"
CREATED = {"id": GID, "legacyResourceId": "6011000000001", "name": "#1042"}


def found_row(gid: str = GID, source: str | None = TIKTOK_ID, **more: object) -> dict:
    return {
        "id": gid,
        "legacyResourceId": gid.rpartition("/")[2],
        "name": "#1042",
        "sourceIdentifier": source,
        "createdAt": "2026-11-20T08:16:02Z",
        "cancelledAt": None,
        "totalPriceSet": {"shopMoney": {"amount": "34.1", "currencyCode": "USD"}},
        **more,
    }


FOUND = FoundOrder(
    id=GID,
    legacy_id="6011000000001",
    name="#1042",
    witness="identifier",
    source_identifier=TIKTOK_ID,
    created_at="2026-11-20T08:16:02Z",
    cancelled_at=None,
    total=Decimal("34.1"),
    currency="USD",
)


def test_a_request_carries_document_variables_token_and_version(monkeypatch):
    client, store = connect(monkeypatch, always({"shop": {}, "x": 1}))
    answer = client.execute("find_order", {"search": "s"}, safe=True)
    sent = store.sent[0]
    assert sent["method"] == "POST"
    assert sent["url"] == "https://example.myshopify.com/admin/api/2026-10/graphql.json"
    assert sent["headers"]["X-Shopify-Access-Token"] == "shpat_hush"
    assert sent["headers"]["Content-Type"] == "application/json"
    assert sent["body"] == {"query": load_document("find_order"), "variables": {"search": "s"}}
    assert (sent["safe"], sent["deadline"], sent["peer"]) == (True, 20.0, "Shopify")
    assert answer.request_id == REQUEST_ID
    assert answer.cost == Cost(11.0, 10.0, 1990.0, 2000.0, 100.0)


def test_decimals_travel_as_text_and_nothing_else_is_guessed(monkeypatch):
    client, store = connect(monkeypatch, always({"a": 1}))
    client.execute("find_order", {"amount": Decimal("35.90")}, safe=True)
    assert store.asked[0][1] == {"amount": "35.90"}
    with pytest.raises(TypeError):
        client.execute("find_order", {"amount": object()}, safe=True)


# Creating


def test_creates_an_order_with_one_write(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderCreate": {"order": CREATED, "userErrors": []}})
    )
    answer = client.create_order({"currency": "USD"}, {"sendReceipt": False})
    assert answer.data == CreatedOrder(GID, "6011000000001", "#1042")
    assert answer.request_id == REQUEST_ID
    assert store.asked == [
        ("CreateOrder", {"order": {"currency": "USD"}, "options": {"sendReceipt": False}})
    ]
    assert store.sent[0]["safe"] is False


def test_refused_orders_are_rejected_with_field(monkeypatch):
    refused = {"field": ["order", "lineItems"], "code": "INVALID", "message": "Empty"}
    data = {"orderCreate": {"order": None, "userErrors": [refused]}}
    client, store = connect(monkeypatch, always(data))
    with pytest.raises(errors.Rejected) as caught:
        client.create_order({}, {})
    assert (caught.value.field, caught.value.request_id) == ("order.lineItems", REQUEST_ID)
    assert len(store.asked) == 1


def test_an_id_that_came_is_never_thrown_away(monkeypatch):
    remark = {"field": None, "code": "INVALID", "message": "But"}
    data = {"orderCreate": {"order": CREATED, "userErrors": [remark]}}
    client, _ = connect(monkeypatch, always(data))
    assert client.create_order({}, {}).data.id == GID


@pytest.mark.parametrize(
    "data",
    [
        {"orderCreate": {"order": None, "userErrors": []}},
        {"orderCreate": {"order": {"id": None}, "userErrors": []}},
        {"orderCreate": None},
        {"other": 1},
    ],
)
def test_a_create_without_order_and_without_refusal_is_unknown(monkeypatch, data: dict):
    client, store = connect(monkeypatch, always(data))
    with pytest.raises(errors.OutcomeUnknown):
        client.create_order({}, {})
    assert len(store.asked) == 1


def test_a_create_that_lost_its_order_to_an_inner_error_is_unknown(monkeypatch):
    body = {
        "data": {"orderCreate": {"order": None, "userErrors": []}},
        "errors": [
            {
                "message": "Internal error",
                "path": ["orderCreate", "order"],
                "extensions": {"code": "INTERNAL_SERVER_ERROR"},
            }
        ],
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.OutcomeUnknown):
        client.create_order({}, {})


def test_the_minute_limit_of_a_development_store_waits_a_minute(monkeypatch):
    text = "Exceeded order API rate limit, please try again in a minute."
    data = {"orderCreate": {"order": None, "userErrors": [{"field": None, "message": text}]}}
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.RateLimited) as caught:
        client.create_order({}, {})
    assert caught.value.retry_after == 60.0


# Looking up


def test_looks_by_identifier_and_by_source_identifier_in_one_document(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderByIdentifier": found_row(), "orders": {"nodes": [found_row()]}})
    )
    assert client.find_order(TIKTOK_ID).data == FOUND
    custom = {"namespace": "$app", "key": "tiktok_order_id", "value": TIKTOK_ID}
    assert store.asked == [
        (
            "FindOrder",
            {
                "identifier": {"customId": custom},
                "search": f"source_identifier:'{TIKTOK_ID}'",
            },
        )
    ]
    assert store.sent[0]["safe"] is True


def test_the_source_identifier_is_a_second_witness(monkeypatch):
    data = {"orderByIdentifier": None, "orders": {"nodes": [found_row()]}}
    client, _ = connect(monkeypatch, always(data))
    found = client.find_order(TIKTOK_ID).data
    assert found is not None
    assert (found.id, found.witness) == (GID, "source_identifier")


@pytest.mark.parametrize("source", [TIKTOK_ID[:-1], TIKTOK_ID + "0", " " + TIKTOK_ID, None, ""])
def test_a_search_result_with_another_source_identifier_is_not_it(monkeypatch, source):
    data = {"orderByIdentifier": None, "orders": {"nodes": [found_row(source=source)]}}
    client, _ = connect(monkeypatch, always(data))
    assert client.find_order(TIKTOK_ID).data is None


def test_nothing_found_is_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"orderByIdentifier": None, "orders": {"nodes": []}}))
    assert client.find_order(TIKTOK_ID).data is None


def test_other_orders_with_the_same_identity_are_told(monkeypatch):
    rows = [found_row("gid://shopify/Order/1"), found_row(), found_row("gid://shopify/Order/3")]
    data = {"orderByIdentifier": found_row(), "orders": {"nodes": rows}}
    client, _ = connect(monkeypatch, always(data))
    found = client.find_order(TIKTOK_ID).data
    assert found is not None
    assert found.doubles == ("gid://shopify/Order/1", "gid://shopify/Order/3")
    data["orderByIdentifier"] = None
    second = client.find_order(TIKTOK_ID).data
    assert second is not None
    assert second.id == "gid://shopify/Order/1"
    assert second.doubles == (GID, "gid://shopify/Order/3")


def test_a_missing_definition_is_a_configuration_error_and_never_none(monkeypatch):
    body = {
        "data": {"orderByIdentifier": None, "orders": {"nodes": []}},
        "errors": [
            {
                "message": "Metafield definition of type 'id' is required when using custom ids.",
                "path": ["orderByIdentifier"],
                "extensions": {"code": "NOT_FOUND"},
            }
        ],
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.ConfigError):
        client.find_order(TIKTOK_ID)


def test_an_ignored_search_term_is_an_error_in_a_look_up(monkeypatch):
    warning = {"field": "source_identifier", "message": "Invalid search field for this query."}
    body = {
        "data": {"orderByIdentifier": None, "orders": {"nodes": []}},
        "extensions": {"search": [{"path": ["orders"], "warnings": [warning]}]},
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.ConfigError):
        client.find_order(TIKTOK_ID)


@pytest.mark.parametrize(
    "data",
    [
        {"orders": {"nodes": []}},
        {"orderByIdentifier": None},
        {"orderByIdentifier": None, "orders": None},
        {"orderByIdentifier": None, "orders": []},
    ],
)
def test_half_an_answer_is_never_read_as_no_order(monkeypatch, data: dict):
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.Unreachable):
        client.find_order(TIKTOK_ID)


def test_another_field_can_hold_the_id(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderByIdentifier": None, "orders": {"nodes": []}})
    )
    client.find_order("it's", namespace="custom", key="k")
    assert store.asked[0][1] == {
        "identifier": {"customId": {"namespace": "custom", "key": "k", "value": "it's"}},
        "search": r"source_identifier:'it\'s'",
    }


# Cancelling


def test_cancels_without_mail_or_refund(monkeypatch):
    payload = {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": []}
    client, store = connect(monkeypatch, always({"orderCancel": payload}))
    answer = client.cancel_order(GID, reason="CUSTOMER", restock=True, staff_note="n" * 300)
    assert answer.data == CancelJob("gid://shopify/Job/1", False)
    assert store.asked == [
        (
            "CancelOrder",
            {"orderId": GID, "reason": "CUSTOMER", "restock": True, "staffNote": "n" * 255},
        )
    ]
    document = load_document("cancel_order")
    assert "notifyCustomer: false" in document
    assert "refund" not in document.lower().replace("ordercancelusererrors", "")
    assert store.sent[0]["safe"] is False


def test_a_refused_cancel_is_rejected(monkeypatch):
    text = "Cannot cancel an order that has already been canceled"
    payload = {"job": None, "orderCancelUserErrors": [{"message": text, "code": "INVALID"}]}
    client, _ = connect(monkeypatch, always({"orderCancel": payload}))
    with pytest.raises(errors.Rejected, match="already been canceled"):
        client.cancel_order(GID, reason="OTHER", restock=False)


def test_a_cancel_without_a_payload_is_unknown(monkeypatch):
    client, _ = connect(monkeypatch, always({"orderCancel": None}))
    with pytest.raises(errors.OutcomeUnknown):
        client.cancel_order(GID, reason="OTHER", restock=False)
