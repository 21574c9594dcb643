"""Changing an order that exists: its shipping address is replaced as a whole."""

import pytest

from tests.shopify.fake_store import always, connect
from tiktoksync import errors

GID = "gid://shopify/Order/6011000000001"
ORDER = {
    "id": GID,
    "cancelledAt": None,
    "displayFulfillmentStatus": "UNFULFILLED",
    "shippingAddress": {
        "firstName": None,
        "lastName": "Example",
        "address1": " 1 Example Street ",
        "countryCodeV2": "US",
        "provinceCode": "CA",
    },
}


def test_the_address_is_read_by_the_names_it_is_written_with(monkeypatch):
    client, _ = connect(monkeypatch, always({"order": ORDER}))
    found = client.read_order_address(GID).data
    assert found.parts == {
        "lastName": "Example",
        "address1": "1 Example Street",
        "countryCode": "US",
        "provinceCode": "CA",
    }
    assert (found.fulfillment_status, found.cancelled_at) == ("UNFULFILLED", "")
    assert "Example" not in repr(found)


@pytest.mark.parametrize(("data", "parts"), [({"order": None}, None), ({"order": {"id": GID}}, {})])
def test_an_order_may_be_gone_or_have_no_address(monkeypatch, data, parts):
    client, _ = connect(monkeypatch, always(data))
    found = client.read_order_address(GID).data
    assert (found.parts if found else None) == parts


def test_an_answer_without_the_order_is_no_answer(monkeypatch):
    client, _ = connect(monkeypatch, always({"shop": None}))
    with pytest.raises(errors.Unreachable):
        client.read_order_address(GID)


def test_parts_that_the_new_address_lacks_are_emptied(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderUpdate": {"order": {"id": GID}, "userErrors": []}})
    )
    answer = client.update_order_address(GID, {"lastName": "Example", "countryCode": "US"})
    assert answer.data == GID
    assert store.asked[0][1] == {
        "input": {
            "id": GID,
            "shippingAddress": {
                "firstName": None,
                "lastName": "Example",
                "address1": None,
                "address2": None,
                "city": None,
                "provinceCode": None,
                "countryCode": "US",
                "zip": None,
                "phone": None,
            },
        }
    }
    assert store.sent[0]["safe"] is False


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (None, "OutcomeUnknown"),
        ({"order": None, "userErrors": []}, "OutcomeUnknown"),
        (
            {
                "order": {"id": GID},
                "userErrors": [{"field": ["shippingAddress", "zip"], "message": "is invalid"}],
            },
            "Rejected",
        ),
    ],
)
def test_what_is_not_clearly_done_is_an_error(monkeypatch, payload, name):
    client, _ = connect(monkeypatch, always({"orderUpdate": payload}))
    with pytest.raises(getattr(errors, name)):
        client.update_order_address(GID, {})
