"""Categories, attributes, rules, brands and the readiness of a shop."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.tiktok.catalogue import code, leaf
from tiktoksync.sandbox.tiktok import categories

TREE = "/product/202309/categories"
RECOMMEND = "/product/202309/categories/recommend"
BRANDS = "/product/202309/brands"


def recommend(box: World, title: str, **more: Any) -> list[str]:
    """The names from the root to the recommended leaf."""
    given = {"product_title": title, "category_version": "v2", **more}
    data = box.us.data("POST", RECOMMEND, given)
    rows = data["categories"]
    assert rows[-1]["id"] == data["leaf_category_id"]
    assert [row["level"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["is_leaf"] for row in rows] == [False] * (len(rows) - 1) + [True]
    return [row["name"] for row in rows]


@pytest.mark.parametrize(("version", "deepest"), [("v1", 3), ("v2", 4)])
def test_the_tree_is_a_flat_list_with_parents(box: World, version: str, deepest: int) -> None:
    query = {"category_version": version, "include_prohibited_categories": "true"}
    rows = box.us.data("GET", TREE, **query)["categories"]
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows)
    assert sum(row["is_leaf"] for row in rows) >= 40
    parents = {row["parent_id"] for row in rows} - {"0"}
    assert parents == {row["id"] for row in rows if not row["is_leaf"]}

    def depth(row: dict[str, Any]) -> int:
        return 1 if row["parent_id"] == "0" else 1 + depth(by_id[row["parent_id"]])

    assert max(map(depth, rows)) == deepest


def test_the_two_trees_share_no_ids() -> None:
    assert not set(categories.tree("v1")) & set(categories.tree("v2"))


def test_the_shallow_tree_is_the_default_and_words_filter_it(box: World) -> None:
    shallow = box.us.data("GET", TREE)
    assert shallow == box.us.data("GET", TREE, category_version="v1")
    rows = box.us.data("GET", TREE, keyword="mug")["categories"]
    assert [row["local_name"] for row in rows] == ["Mugs & Cups"]


def test_banned_categories_are_shown_on_request(box: World) -> None:
    def banned(**query: str) -> list[str]:
        rows = box.us.data("GET", TREE, **query)["categories"]
        return [row["local_name"] for row in rows if row["permission_statuses"] == ["PROHIBITED"]]

    assert banned() == []
    assert banned(include_prohibited_categories="true") == ["E-cigarettes"]


def test_titles_lead_to_categories(box: World) -> None:
    assert recommend(box, "Enamel Camp Mug 12 oz") == ["Kitchenware", "Drinkware", "Mugs & Cups"]
    assert recommend(box, "Trà sen") == ["Food & Beverages", "Drinks", "Tea", "Leaf Tea"]
    shallow = recommend(box, "Trà sen", category_version="v1")
    assert shallow == ["Food & Beverages", "Drinks", "Leaf Tea"]


def test_what_a_product_is_called_elsewhere_helps(box: World) -> None:
    refused = {"product_title": "Model 7", "category_version": "v2"}
    assert code(box.us, "POST", RECOMMEND, refused) == 12052912
    found = recommend(box, "Model 7", origin_platform_product_type="Backpacks")
    assert found[-1] == "Backpacks"
    elsewhere = {"id": "1", "name": "Kettles", "full_name": "Kitchen > Kettles"}
    assert recommend(box, "Model 7", origin_platform_category=elsewhere)[-1] == "Kettles"
    assert code(box.us, "POST", RECOMMEND, {"product_title": ""}) == 36009004


def test_attributes_say_what_must_be_known(box: World) -> None:
    path = f"{TREE}/{leaf(box.us, 'Phone Stands')}/attributes"
    rows = {
        row["name"]: row for row in box.us.data("GET", path, category_version="v2")["attributes"]
    }
    assert rows["Color"]["type"] == "SALES_PROPERTY"
    battery = rows["Contains Batteries or Cells?"]
    assert (battery["is_requried"], battery["is_customizable"]) == (True, False)
    assert "is_required" not in battery
    kind = rows["Battery Type"]
    assert kind["is_requried"] is False
    conditions = {one["attribute_value_id"] for one in kind["requirement_conditions"]}
    values = {one["name"]: one["id"] for one in battery["values"]}
    assert conditions == {values["Battery"], values["Cell"]}


def test_rules_say_what_papers_are_needed(box: World) -> None:
    def rules(name: str) -> Any:
        return box.us.data("GET", f"{TREE}/{leaf(box.us, name)}/rules", category_version="v2")

    assert rules("Casual Dresses")["size_chart"] == {"is_supported": True, "is_required": True}
    assert rules("Mugs & Cups")["size_chart"] == {"is_supported": False, "is_required": False}
    assert rules("Phone Stands")["package_dimension"] == {"is_required": True}
    paper = rules("Baby Bottles")["product_certifications"][0]
    assert (paper["id"], paper["is_required"]) == ("602362", True)


def test_a_category_belongs_to_its_version_and_is_a_leaf(box: World) -> None:
    mug = leaf(box.us)
    refusals = {
        f"{TREE}/{mug}/rules": 12052230,
        f"{TREE}/599999/rules": 12052023,
        f"{TREE}/{categories.chain(*categories.find(mug))[0].id}/attributes?": 12052024,
    }
    for path, wanted in refusals.items():
        query = {"category_version": "v2"} if path.endswith("?") else {}
        answer = box.us.call("GET", path.rstrip("?"), **query).json
        assert answer["code"] == wanted


def test_brands_come_in_pages(box: World) -> None:
    whole = box.us.data("GET", BRANDS, page_size=100)
    names, token = [], ""
    while token or not names:
        page = box.us.data("GET", BRANDS, page_size=10, page_token=token)
        names += [row["name"] for row in page["brands"]]
        token = page["next_page_token"]
    assert names == [row["name"] for row in whole["brands"]]
    assert len(names) == whole["total_count"] > 20
    found = box.us.data("GET", BRANDS, page_size=10, brand_name="harbor")["brands"]
    assert [row["name"] for row in found] == ["Harbor & Pine"]
    guarded = box.us.data("GET", BRANDS, page_size=100, is_authorized="false")["brands"]
    assert {row["authorized_status"] for row in guarded} == {"UNAUTHORIEZD"}
    assert box.us.call("GET", BRANDS, page_size=101).json["code"] == 12019109


def test_a_brand_of_ones_own_is_made_once(box: World) -> None:
    def create(name: str) -> Any:
        return box.us.data("POST", BRANDS, {"name": name}, cipher="")

    first = create("Grandma's Shed")
    assert create("Grandma's Shed") == first
    found = box.us.data("GET", BRANDS, page_size=10, brand_name="Grandma")["brands"]
    assert [row["id"] for row in found] == [first["id"]]
    assert box.vn.data("GET", BRANDS, page_size=10, brand_name="Grandma")["brands"] == []
    assert box.us.call("POST", BRANDS, {"name": "x"}, cipher="").json["code"] == 36009004
    kinds = [one["kind"] for one in box.log()["writes"]]
    assert kinds == ["brand_created"]


def test_fifty_brands_are_made_a_day(box: World) -> None:
    def create(number: int) -> int:
        answer = box.us.call("POST", BRANDS, {"name": f"Brand {number}"}, cipher="")
        return int(answer.json["code"])

    assert {create(number) for number in range(50)} == {0}
    assert create(50) == 12052109
    box.control.post("clock/advance", seconds=86401)
    assert create(50) == 0


def test_a_shop_is_ready_or_says_what_is_missing(box: World) -> None:
    path = "/product/202312/prerequisites"
    rows = box.us.data("GET", path)["check_results"]
    assert [row["check_item"] for row in rows if row["is_failed"]] == []
    assert "BANk_ACCOUNT" in [row["check_item"] for row in rows]
    shop = box.sandbox.world.tiktok.shops["7495000000000000001"]
    shop.failed_prerequisites.append("RETURN_WAREHOUSE")
    (failed,) = [row for row in box.us.data("GET", path)["check_results"] if row["is_failed"]]
    assert failed["check_item"] == "RETURN_WAREHOUSE"
    assert failed["fail_reasons"]
