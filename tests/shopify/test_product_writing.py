"""Making products: one request, known by the app's own id, in doubt when unclear."""

import pytest

from tests.shopify.fake_store import REQUEST_ID, always, connect, response
from tests.shopify.products import product, variant
from tiktoksync import errors

INPUT = {"title": "Mug", "variants": [{"optionValues": []}] * 3}
CUSTOM = {"namespace": "$app", "key": "tiktok_product_id", "value": "1729"}


def saved(found: object, said: object = ()) -> dict:
    return {"productSet": {"product": found, "userErrors": list(said)}}


def test_makes_a_product_with_one_request(monkeypatch):
    client, store = connect(monkeypatch, always(saved(product(1))))
    answered = client.set_product(INPUT, custom_id="1729")
    assert answered.data.id == "gid://shopify/Product/1"
    assert [row["sku"] for row in answered.data.product["variants"]] == ["S10"]
    assert store.asked == [
        (
            "SetProduct",
            {
                "identifier": {"customId": CUSTOM},
                "input": INPUT,
                "variants": 3,
                "media": 12,
            },
        )
    ]
    assert store.sent[0]["safe"] is False


@pytest.mark.parametrize(("given", "asked"), [(0, 1), (1, 1), (100, 100), (300, 100)])
def test_asks_back_no_more_variants_than_it_sends(monkeypatch, given: int, asked: int):
    client, store = connect(monkeypatch, always(saved(product(1))))
    client.set_product({"variants": [{}] * given}, custom_id="1729")
    assert store.asked[0][1]["variants"] == asked


def test_variants_that_did_not_come_back_are_marked_and_not_read_now(monkeypatch):
    """A read that fails after the write would make a made product look like none."""
    rows = [variant(number) for number in range(100)]
    client, store = connect(monkeypatch, always(saved(product(1, variants=rows, more="c"))))
    found = client.set_product(INPUT, custom_id="1729").data.product
    assert (len(found["variants"]), found["more_variants_after"]) == (100, "c")
    assert len(store.asked) == 1


def test_metafields_that_are_sent_hold_the_id_too(monkeypatch):
    client, store = connect(monkeypatch, always(saved(product(1))))
    own = {"namespace": "custom", "key": "care", "value": "cold", "type": "single_line_text_field"}
    client.set_product({"metafields": [own]}, custom_id="1729")
    assert store.asked[0][1]["input"]["metafields"] == [own, {**CUSTOM, "type": "id"}]


def test_an_id_that_is_there_already_is_not_sent_twice(monkeypatch):
    client, store = connect(monkeypatch, always(saved(product(1))))
    own = {"key": "tiktok_product_id", "value": "1729", "type": "id"}
    client.set_product({"metafields": [own]}, custom_id="1729")
    assert store.asked[0][1]["input"]["metafields"] == [own]


@pytest.mark.parametrize(
    "answer",
    [
        {"productSet": None},
        saved(None),
        saved({"id": "gid://shopify/Product/1", "variants": None}),
    ],
    ids=["nothing", "no product", "no variants"],
)
def test_an_unclear_answer_leaves_it_in_doubt(monkeypatch, answer: dict):
    client, store = connect(monkeypatch, always(answer))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client.set_product(INPUT, custom_id="1729")
    assert caught.value.request_id == REQUEST_ID
    assert len(store.asked) == 1


@pytest.mark.parametrize(
    ("code", "kind", "field"),
    [
        ("HANDLE_NOT_UNIQUE", errors.Rejected, "handle"),
        ("VARIANTS_OVER_LIMIT", errors.Rejected, "variants"),
        ("OPTIONS_OVER_LIMIT", errors.Rejected, "options"),
        ("OPTION_VALUES_MISSING", errors.Rejected, "options"),
        ("INVENTORY_QUANTITIES_LIMIT_EXCEEDED", errors.Rejected, "inventoryQuantities"),
        ("PRODUCT_SUSPENDED", errors.Rejected, "status"),
        ("INVALID_METAFIELD", errors.Rejected, "metafields"),
        ("DUPLICATED_METAFIELD_VALUE", errors.Rejected, "options"),
        ("PRODUCT_DOES_NOT_EXIST", errors.Gone, None),
        ("ID_NOT_ALLOWED", errors.ConfigError, None),
        ("JOB_ERROR", errors.OutcomeUnknown, None),
        ("GENERIC_ERROR", errors.OutcomeUnknown, None),
        ("INVALID_INPUT", errors.Rejected, "input.title"),
        (None, errors.Rejected, "input.title"),
    ],
)
def test_a_user_error_is_typed(monkeypatch, code: str | None, kind: type, field: str | None):
    said = {"field": ["input", "title"], "message": "is too long", "code": code}
    client, _ = connect(monkeypatch, always(saved(None, [said])))
    with pytest.raises(errors.SyncError) as caught:
        client.set_product(INPUT, custom_id="1729")
    assert type(caught.value) is kind
    if isinstance(caught.value, errors.Rejected):
        assert caught.value.field == field


def test_words_without_a_code_are_told_as_they_are(monkeypatch):
    said = {"field": ["input"], "message": "The variant 'S / Red' already exists.", "code": None}
    client, _ = connect(monkeypatch, always(saved(None, [said])))
    with pytest.raises(errors.Rejected, match="S / Red"):
        client.set_product(INPUT, custom_id="1729")


def test_a_missing_definition_is_a_matter_of_the_connection(monkeypatch):
    error = {"message": "required", "path": ["productSet"], "extensions": {"code": "NOT_FOUND"}}
    broken = response({"data": {"productSet": None}, "errors": [error]})
    client, _ = connect(monkeypatch, lambda name, variables: broken)
    with pytest.raises(errors.ConfigError):
        client.set_product(INPUT, custom_id="1729")


def test_a_product_set_beyond_the_limit_is_slowed_down(monkeypatch):
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    client, _ = connect(monkeypatch, lambda name, variables: response({"errors": [error]}))
    with pytest.raises(errors.RateLimited):
        client.set_product(INPUT, custom_id="1729")
