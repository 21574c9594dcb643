"""Reviews, edits and the webhooks about them."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.tiktok.catalogue import (
    PRODUCTS,
    body,
    code,
    create,
    detail,
    kinds,
    leaf,
    listed,
    sku,
    uri,
)

SHOP = "7495000000000000001"
EVENTS = (
    "PRODUCT_CREATION", "PRODUCT_STATUS_CHANGE", "PRODUCT_AUDIT_STATUS_CHANGE",
    "PRODUCT_INFORMATION_CHANGE", "PRODUCT_CATEGORY_CHANGE",
)  # fmt: skip


@pytest.fixture
def patient(box: World) -> World:
    """A world whose reviews wait for control."""
    box.control.post("config", review_seconds=None)
    return box


def listen(box: World, receiver: Receiver) -> None:
    for event in EVENTS:
        given = {"event_type": event, "address": receiver.url}
        box.us.data("PUT", "/event/202309/webhooks", given)


def heard(box: World, receiver: Receiver) -> list[tuple[int, dict[str, Any]]]:
    """Type and data of every webhook since the last time."""
    box.control.post("webhooks/settle", timeout=5)
    found = [json.loads(one.body) for one in receiver.hooks]
    receiver.hooks.clear()
    return sorted(((one["type"], one["data"]) for one in found), key=lambda one: one[0])


def partial(box: World, product_id: str, **changes: Any) -> Any:
    return box.us.data("POST", f"/product/202509/products/{product_id}/partial_edit", changes)


def test_a_refusal_says_why_and_a_corrected_product_is_reviewed_again(patient: World) -> None:
    product_id = create(patient)
    patient.control.post(f"products/{product_id}/reject", reason="The mug is too nice.")
    shown = detail(patient, product_id)
    assert (shown["status"], shown["audit"]["status"]) == ("FAILED", "FAILED")
    (row,) = shown["audit_failed_reasons"]
    assert (row["position"], row["reasons"]) == ("product_name", ["The mug is too nice."])
    assert row["suggestions"]
    partial(patient, product_id, title="Plain Mug")
    shown = detail(patient, product_id)
    assert (shown["status"], shown["title"]) == ("PENDING", "Plain Mug")
    assert "audit_failed_reasons" not in shown
    patient.control.post(f"products/{product_id}/approve")
    assert detail(patient, product_id)["status"] == "ACTIVATE"


@pytest.mark.parametrize(
    ("title", "position"),
    [
        ("Mug reject-me now", "product_name"),
        ("Mug REJECT-IMAGE", "main_images"),
        ("Mug REJECT-DESCRIPTION", "description"),
        ("Mug REJECT-CATEGORY", "category"),
    ],
)
def test_a_marker_in_the_title_decides_the_review(box: World, title: str, position: str) -> None:
    box.control.post("config", review_seconds=30)
    product_id = create(box, title=title)
    box.control.post("clock/advance", seconds=31)
    shown = detail(box, product_id)
    assert shown["status"] == "FAILED"
    assert [row["position"] for row in shown["audit_failed_reasons"]] == [position]


def test_an_edit_of_a_live_product_shows_after_its_review(patient: World) -> None:
    product_id = listed(patient)
    partial(patient, product_id, title="Blue Mug")
    shown = detail(patient, product_id)
    assert (shown["title"], shown["status"]) == ("Speckled Stoneware Mug", "ACTIVATE")
    assert (shown["audit"]["status"], shown["has_draft"]) == ("AUDITING", False)
    waiting = detail(patient, product_id, return_under_review_version="true")
    assert waiting["title"] == "Blue Mug"
    # A second edit builds on the version under review.
    partial(patient, product_id, description="<p>Blue.</p>")
    patient.control.post(f"products/{product_id}/approve")
    shown = detail(patient, product_id)
    assert (shown["title"], shown["description"]) == ("Blue Mug", "<p>Blue.</p>")
    assert (shown["audit"]["status"], shown["has_draft"]) == ("APPROVED", False)


def test_a_draft_of_a_live_product_waits_for_its_seller(box: World) -> None:
    box.control.post("config", review_seconds=60)
    product_id = listed(box)
    partial(box, product_id, title="Sent for review")
    partial(box, product_id, title="Kept for later", save_mode="AS_DRAFT")
    box.control.post("clock/advance", seconds=61)
    shown = detail(box, product_id)
    assert (shown["title"], shown["has_draft"]) == ("Speckled Stoneware Mug", True)
    assert (shown["status"], shown["audit"]["status"]) == ("ACTIVATE", "APPROVED")
    assert detail(box, product_id, return_draft_version="true")["title"] == "Kept for later"
    drafts = box.us.data("POST", f"{PRODUCTS}/search", {"return_draft_version": True}, page_size=9)
    assert [row["id"] for row in drafts["products"]] == [product_id]
    partial(box, product_id, description="<p>Ready.</p>")
    box.control.post("clock/advance", seconds=61)
    shown = detail(box, product_id)
    assert (shown["title"], shown["description"]) == ("Kept for later", "<p>Ready.</p>")
    assert shown["has_draft"] is False


def test_a_draft_calls_off_the_review_of_a_new_product(box: World) -> None:
    box.control.post("config", review_seconds=60)
    product_id = create(box)
    partial(box, product_id, title="Not yet", save_mode="AS_DRAFT")
    box.control.post("clock/advance", seconds=61)
    shown = detail(box, product_id)
    assert (shown["status"], shown["audit"]["status"]) == ("DRAFT", "NONE")
    partial(box, product_id, title="Now")
    box.control.post("clock/advance", seconds=61)
    assert detail(box, product_id)["status"] == "ACTIVATE"


def test_a_refused_edit_leaves_the_old_version_live(patient: World) -> None:
    product_id = listed(patient)
    extra = [*detail_skus(patient, product_id)]
    partial(patient, product_id, title="Worse Mug", skus=extra)
    patient.control.post(f"products/{product_id}/reject")
    shown = detail(patient, product_id)
    assert (shown["title"], shown["status"]) == ("Speckled Stoneware Mug", "ACTIVATE")
    assert shown["audit"]["status"] == "FAILED"
    assert shown["audit_failed_reasons"]
    assert shown["has_draft"] is False


def detail_skus(box: World, product_id: str) -> list[dict[str, Any]]:
    """The SKUs of a product as an edit has to send them."""
    return [
        {
            "id": row["id"],
            "seller_sku": row["seller_sku"],
            "sales_attributes": [
                {"id": one["id"], "name": one["name"], "value_id": one["value_id"],
                 "value_name": one["value_name"]}
                for one in row["sales_attributes"]
            ],
        }
        for row in detail(box, product_id)["skus"]
    ]  # fmt: skip


def two_colours(box: World) -> str:
    rows = [sku("A", ("Color", "Red")), sku("B", ("Color", "Blue"))]
    return listed(box, skus=rows)


def test_the_skus_of_an_edit_are_the_whole_list(patient: World) -> None:
    product_id = two_colours(patient)
    red, blue = detail_skus(patient, product_id)
    new = sku("C", ("Color", "Green"))
    answer = partial(patient, product_id, skus=[red, new])
    ids = {row["seller_sku"]: row["id"] for row in answer["skus"]}
    assert set(ids) == {"A", "C"}
    assert ids["A"] == red["id"]
    before = {row["seller_sku"] for row in detail(patient, product_id)["skus"]}
    assert before == {"A", "B"}
    patient.control.post(f"products/{product_id}/approve")
    after = {row["seller_sku"]: row for row in detail(patient, product_id)["skus"]}
    assert set(after) == {"A", "C"}
    assert after["A"]["price"]["tax_exclusive_price"] == "12.00"
    assert after["A"]["inventory"][0]["quantity"] == 5
    found = patient.us.data("POST", "/product/202309/inventory/search", {"sku_ids": [blue["id"]]})
    assert found == {"inventory": []}


def test_an_edit_is_refused_as_a_creation_is(patient: World) -> None:
    product_id = two_colours(patient)
    path = f"/product/202509/products/{product_id}/partial_edit"
    red, blue = detail_skus(patient, product_id)
    assert code(patient.us, "POST", path, {"skus": []}) == 12052902
    plain = {"id": red["id"], "seller_sku": "A"}
    assert code(patient.us, "POST", path, {"skus": [plain]}) == 12019057
    strange = {**sku("C", ("Color", "Green")), "id": "2729000000000000000"}
    assert code(patient.us, "POST", path, {"skus": [red, blue, strange]}) == 12019056
    assert code(patient.us, "POST", path, {"title": ""}) == 12052261
    assert code(patient.us, "POST", path, {"main_images": [{"uri": "gone"}]}) == 12052722
    assert kinds(patient) == ["product_created", "product_approved"]


def test_a_full_edit_empties_what_it_leaves_out_but_keeps_price_and_stock(patient: World) -> None:
    product_id = listed(patient, external_product_id="gid-7", brand_id="")
    given = body(patient, skus=detail_skus(patient, product_id))
    patient.us.data("PUT", f"/product/202509/products/{product_id}", given)
    patient.control.post(f"products/{product_id}/approve")
    shown = detail(patient, product_id)
    assert "external_product_id" not in shown
    assert shown["skus"][0]["price"]["tax_exclusive_price"] == "12.00"
    assert shown["skus"][0]["inventory"][0]["quantity"] == 5


def test_deleted_and_frozen_products_cannot_be_edited(patient: World) -> None:
    for status in ("DELETED", "FREEZE"):
        product_id = listed(patient)
        patient.control.post(f"products/{product_id}/status", status=status)
        path = f"/product/202509/products/{product_id}/partial_edit"
        assert code(patient.us, "POST", path, {"title": "New"}) == 12052901


def test_products_of_others_and_of_nobody_are_told_apart(patient: World) -> None:
    product_id = listed(patient)
    path = "/product/202509/products/{}/partial_edit"
    assert code(patient.vn, "POST", path.format(product_id), {"title": "x"}) == 12052048
    assert code(patient.us, "POST", path.format("1729"), {"title": "x"}) == 12019150


def test_a_new_product_is_announced(patient: World, receiver: Receiver) -> None:
    listen(patient, receiver)
    product_id = create(patient)
    (audit, created) = sorted(heard(patient, receiver), key=lambda one: -one[0])
    assert created[0] == 16
    assert created[1]["product_id"] == int(product_id)
    assert audit[0] == 37
    assert audit[1]["product_id"] == int(product_id)
    assert audit[1]["audit"] == {"status": "AUDITING", "pre_approved_reasons": []}
    patient.control.post(f"products/{product_id}/approve")
    (first, passed) = heard(patient, receiver)
    assert (first[0], first[1]["status"]) == (5, "PRODUCT_FIRST_PASS_REVIEW")
    assert first[1]["product_id"] == int(product_id)
    assert (passed[0], passed[1]["audit"]["status"]) == (37, "APPROVED")


def test_a_refusal_is_announced_with_its_reason(patient: World, receiver: Receiver) -> None:
    product_id = create(patient)
    listen(patient, receiver)
    patient.control.post(f"products/{product_id}/reject", reason="No.")
    (status, audit) = heard(patient, receiver)
    assert (status[1]["status"], status[1]["suspended_reason"]) == ("PRODUCT_AUDIT_FAILURE", "No.")
    assert audit[1]["audit"]["status"] == "FAILED"


def test_an_approved_edit_says_what_changed(patient: World, receiver: Receiver) -> None:
    product_id = listed(patient)
    other = leaf(patient.us, "Water Bottles")
    listen(patient, receiver)
    image = {"uri": uri(patient, "another")}
    partial(patient, product_id, title="New Mug", category_id=other, main_images=[image])
    patient.control.post(f"products/{product_id}/approve")
    found = dict(heard(patient, receiver))
    assert found[5]["status"] == "PRODUCT_STATUS_CHANGED"
    assert found[15]["product_id"] == product_id
    assert found[15]["changed_fields"] == ["title", "main_images"]
    assert found[15]["change_source"] == "OPEN_API"
    assert found[18]["current_category_id"] == other


def test_a_change_in_seller_center_is_announced(patient: World, receiver: Receiver) -> None:
    product_id = listed(patient)
    listen(patient, receiver)
    patient.control.post(f"products/{product_id}/edit", title="Renamed by hand")
    ((kind, data),) = heard(patient, receiver)
    assert (kind, data["change_source"]) == (15, "SELLER_CENTER")
    assert detail(patient, product_id)["title"] == "Renamed by hand"


def test_skus_are_announced_where_the_partner_center_asks_for_it(
    patient: World, receiver: Receiver
) -> None:
    row = patient.control.get("config")["tiktok"]["shops"][0]
    shop = {**row, "webhooks": {"SKU_STATUS_CHANGE": receiver.url}}
    patient.control.post("reset", config={"review_seconds": None, "tiktok": {"shops": [shop]}})
    product_id = two_colours(patient)
    red, blue = detail_skus(patient, product_id)
    heard(patient, receiver)
    partial(patient, product_id, skus=[red])
    ((kind, data),) = heard(patient, receiver)
    assert (kind, data["product_id"]) == (50, product_id)
    assert data["skus"] == [{"sku_id": blue["id"], "status": "DELETED"}]


def test_a_review_happens_once(patient: World) -> None:
    product_id = listed(patient)
    for word in ("approve", "reject"):
        reply = patient.control.ask("POST", f"products/{product_id}/{word}", {})
        assert reply.status == 409
    assert detail(patient, product_id)["audit"]["status"] == "APPROVED"


def test_every_change_moves_the_time_of_the_last_update(patient: World) -> None:
    product_id = patient.us.data("POST", f"{PRODUCTS}/search", {}, page_size=1)["products"][0]["id"]
    before = detail(patient, product_id)["update_time"]
    partial(patient, product_id, title="A title that is long enough")
    after = detail(patient, product_id)["update_time"]
    assert after > before
    found = patient.us.data(
        "POST", f"{PRODUCTS}/search", {"update_time_ge": after, "update_time_le": after},
        page_size=10,
    )  # fmt: skip
    assert [row["id"] for row in found["products"]] == [product_id]
