"""Creating products: what is refused with which code, and what comes out."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.tiktok.catalogue import (
    PRODUCTS,
    body,
    code,
    create,
    detail,
    kinds,
    leaf,
    sku,
    uri,
)


@pytest.fixture
def patient(box: World) -> World:
    """A world whose reviews wait for control."""
    box.control.post("config", review_seconds=None)
    return box


def test_a_product_is_created_and_waits_for_its_review(patient: World) -> None:
    box = patient
    first, second = sku("MUG-RED", ("Color", "Red")), sku("MUG-BLU", ("Color", "Blue"))
    data = box.us.data("POST", PRODUCTS, body(box, skus=[first, second]))
    assert {row["seller_sku"] for row in data["skus"]} == {"MUG-RED", "MUG-BLU"}
    assert [row["seller_sku"] for row in data["skus"]] != ["MUG-RED", "MUG-BLU"]
    shown = detail(box, data["product_id"])
    assert (shown["status"], shown["product_status"]) == ("PENDING", "INITIAL")
    assert shown["audit"]["status"] == "AUDITING"
    assert shown["package_weight"] == {"value": "0.4", "unit": "KILOGRAM"}
    assert shown["category_chains"][-1]["local_name"] == "Mugs & Cups"
    by_sku = {row["seller_sku"]: row for row in shown["skus"]}
    assert {row["id"] for row in data["skus"]} == {row["id"] for row in shown["skus"]}
    red = by_sku["MUG-RED"]
    assert red["inventory"] == [{"quantity": 5, "warehouse_id": "7000714532876273401"}]
    assert red["price"]["tax_exclusive_price"] == "12.00"
    option = red["sales_attributes"][0]
    assert (option["name"], option["value_name"]) == ("Color", "Red")
    assert option["id"].isdigit()
    assert option["value_id"] != by_sku["MUG-BLU"]["sales_attributes"][0]["value_id"]
    assert kinds(box) == ["product_created"]


def test_a_product_goes_on_sale_by_itself(box: World) -> None:
    box.control.post("config", review_seconds=60)
    product_id = create(box)
    box.control.post("clock/advance", seconds=59)
    assert detail(box, product_id)["status"] == "PENDING"
    box.control.post("clock/advance", seconds=2)
    shown = detail(box, product_id)
    assert (shown["status"], shown["audit"]["status"]) == ("ACTIVATE", "APPROVED")
    row = box.us.data("POST", f"{PRODUCTS}/search", {"seller_skus": ["NEW-1"]}, page_size=10)
    assert [one["id"] for one in row["products"]] == [product_id]


def test_the_same_key_gives_the_same_product(patient: World) -> None:
    given = body(patient, idempotency_key="key-1")
    first = patient.us.data("POST", PRODUCTS, given)
    assert patient.us.data("POST", PRODUCTS, given) == first
    other = patient.us.data("POST", PRODUCTS, {**given, "idempotency_key": "key-2"})
    assert other["product_id"] != first["product_id"]
    assert kinds(patient) == ["product_created", "product_created"]
    assert code(patient.us, "POST", PRODUCTS, {**given, "idempotency_key": "x" * 129}) == 36009004


def test_a_refused_creation_is_not_remembered_under_its_key(patient: World) -> None:
    given = body(patient, idempotency_key="key-1", title="")
    assert code(patient.us, "POST", PRODUCTS, given) == 12052261
    assert code(patient.us, "POST", PRODUCTS, {**given, "title": "A mug"}) == 0


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"title": " "}, 12052261),
        ({"title": "M" * 9 + "u" * 250}, 12052051),
        ({"title": "Mug &amp; saucer"}, 12052931),
        ({"title": "Mug \U0001f600"}, 12052932),
        ({"title": "Mug\x07"}, 12052933),
        ({"title": "!!! ???"}, 12052934),
        ({"title": "Muuuuuuuuuuug"}, 12052935),
        ({"title": "抹茶 mug"}, 12052262),
        ({"description": ""}, 12052015),
        ({"description": "x y" * 3334}, 12052013),
        ({"description": "<script>1</script>"}, 12052340),
        ({"description": "<p>Fine \U0001f600</p>"}, 12052932),
        ({"description": '<img src="https://example.com/a.png" width="9" height="9">'}, 12052345),
        ({"description": "<img>" * 31}, 12052056),
        ({"category_id": ""}, 12052025),
        ({"category_id": "mugs"}, 12052002),
        ({"category_id": "599999"}, 12052023),
        ({"category_version": "v1"}, 12052217),
        ({"category_version": ""}, 12052217),
        ({"main_images": []}, 12052028),
        ({"main_images": [{"uri": "https://cdn.example.com/a.png"}]}, 12052722),
        ({"main_images": [{"uri": "tos-sandbox/never-uploaded"}]}, 12052722),
        ({"brand_id": "x"}, 12019013),
        ({"brand_id": "7000000000000000001"}, 12052026),
        ({"package_weight": None}, 12019011),
        ({"package_weight": {"value": "0", "unit": "KILOGRAM"}}, 12052181),
        ({"package_weight": {"value": "heavy", "unit": "KILOGRAM"}}, 12052006),
        ({"package_weight": {"value": "500", "unit": "GRAM"}}, 12052916),
        (
            {
                "package_weight": {"value": "1", "unit": "POUND"},
                "package_dimensions": {
                    "length": "1", "width": "1", "height": "1", "unit": "CENTIMETER",
                },
            },
            12052915,
        ),
        (
            {"package_dimensions": {"length": "1", "width": "1.234", "height": "1",
                                    "unit": "CENTIMETER"}},
            12052004,
        ),
        ({"product_attributes": [{"id": "100157", "values": [{"name": "Clay"}]}]}, 12052910),
        ({"external_product_id": "x" * 1000}, 12052369),
        ({"save_mode": "LATER"}, 36009004),
        ({"skus": []}, 12052902),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_product_has_a_code(
    patient: World, changes: dict[str, Any], wanted: int
) -> None:
    assert code(patient.us, "POST", PRODUCTS, body(patient, **changes)) == wanted
    assert kinds(patient) == []


RED, BLUE = ("Color", "Red"), ("Color", "Blue")


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([sku("A B")], 12019059),
        ([sku("A" * 51)], 12052054),
        ([sku(price=None)], 12052073),
        ([sku(price={"amount": "0", "currency": "USD"})], 12052073),
        ([sku(price={"amount": "1.234", "currency": "USD"})], 12052012),
        ([sku(price={"amount": "12,00", "currency": "USD"})], 12052012),
        ([sku(price={"amount": "12.00", "currency": "EUR"})], 12052084),
        ([sku(price={"amount": "1000001", "currency": "USD"})], 12052570),
        ([sku(inventory=[])], 12019022),
        ([sku(inventory=[{"warehouse_id": "1", "quantity": 5}])], 12052097),
        ([sku(inventory=[{"quantity": 0}])], 12052055),
        ([sku(inventory=[{"quantity": 100000}])], 12052055),
        ([sku(inventory=[{"quantity": "5"}])], 12019024),
        ([sku("A"), sku("B")], 12019019),
        ([sku("A", RED), sku("B", ("Size", "L"))], 12052520),
        ([sku("A", RED), sku("B", RED)], 12052251),
        ([sku("A", ("A", "1"), ("B", "1"), ("C", "1"), ("D", "1"))], 12052525),
        ([sku("A", ("C" * 21, "Red"))], 12052521),
        ([sku("A", ("Color", "R" + "ed" * 25))], 12052522),
        ([sku("A", ("Color", ""))], 12052523),
        ([sku("A", ("Color", "紅"))], 12052250),
        ([sku("A", identifier_code={"type": "EAN", "code": "12"})], 12052592),
        ([sku("A", identifier_code={"type": "QR", "code": "12"})], 12052591),
        (
            [
                sku("A", RED, identifier_code={"type": "UPC", "code": "123456789012"}),
                sku("B", BLUE, identifier_code={"type": "UPC", "code": "123456789012"}),
            ],
            12052593,
        ),
        ([sku("A", RED, external_sku_id="7"), sku("B", BLUE, external_sku_id="7")], 12052996),
        ([sku(str(n), ("Color", str(n))) for n in range(301)], 12019015),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "rows",
)
def test_what_is_wrong_with_a_sku_has_a_code(
    patient: World, rows: list[dict[str, Any]], wanted: int
) -> None:
    assert code(patient.us, "POST", PRODUCTS, body(patient, skus=rows)) == wanted
    assert kinds(patient) == []


def test_pictures_of_options_are_uploaded_ones_on_the_first_option(patient: World) -> None:
    small = uri(patient, "option", 120, "ATTRIBUTE_IMAGE")
    option = {"name": "Color", "value_name": "Red", "sku_img": {"uri": small}}
    size = {"name": "Size", "value_name": "L"}
    good = sku("A", sales_attributes=[option, size])
    product_id = create(patient, skus=[good])
    shown = detail(patient, product_id)["skus"][0]["sales_attributes"][0]["sku_img"]
    assert (shown["uri"], shown["width"]) == (small, 120)
    bad = sku("A", sales_attributes=[size, option])
    assert code(patient.us, "POST", PRODUCTS, body(patient, skus=[bad])) == 12052526
    gone = {**option, "sku_img": {"uri": "nowhere"}}
    bad = sku("A", sales_attributes=[gone, size])
    assert code(patient.us, "POST", PRODUCTS, body(patient, skus=[bad])) == 12052722


def test_a_small_picture_is_no_main_picture(patient: World) -> None:
    small = uri(patient, "small", 200, "DESCRIPTION_IMAGE")
    changed = body(patient, main_images=[{"uri": small}])
    assert code(patient.us, "POST", PRODUCTS, changed) == 12052302
    ten = body(patient, main_images=[{"uri": uri(patient)}] * 10)
    assert code(patient.us, "POST", PRODUCTS, ten) == 12019009


def test_external_ids_are_used_once_in_a_shop(patient: World) -> None:
    product_id = create(patient, external_product_id="gid-1")
    again = body(patient, external_product_id="gid-1", skus=[sku("OTHER")])
    assert code(patient.us, "POST", PRODUCTS, again) == 12052996
    patient.us.data("DELETE", PRODUCTS, {"product_ids": [product_id]})
    assert code(patient.us, "POST", PRODUCTS, again) == 0


def test_a_draft_may_lack_things_but_not_be_wrong(patient: World) -> None:
    draft = {"save_mode": "AS_DRAFT", "title": "Mug", "skus": [{"seller_sku": "D-1"}]}
    product_id = patient.us.data("POST", PRODUCTS, draft)["product_id"]
    shown = detail(patient, product_id)
    assert (shown["status"], shown["audit"]["status"]) == ("DRAFT", "NONE")
    wrong = {**draft, "package_weight": {"value": "0", "unit": "KILOGRAM"}}
    assert code(patient.us, "POST", PRODUCTS, wrong) == 12052181


def test_the_shop_may_list_so_many_products_a_day(patient: World) -> None:
    patient.control.post("config", listing_quota=2)
    codes = [code(patient.us, "POST", PRODUCTS, body(patient)) for _ in range(3)]
    assert codes == [0, 0, 12052093]
    patient.control.post("clock/advance", seconds=86401)
    assert code(patient.us, "POST", PRODUCTS, body(patient)) == 0


def test_each_region_has_limits_of_its_own(patient: World) -> None:
    vn = patient.vn
    given = body(patient)
    given["skus"] = [sku(price={"amount": "189000", "currency": "VND"})]
    assert code(vn, "POST", PRODUCTS, given) == 12052051
    given["title"] = "Cốc sứ tráng men thủ công 350 ml"
    assert code(vn, "POST", PRODUCTS, given) == 0
    given["skus"][0]["price"]["amount"] = "189000.50"
    assert code(vn, "POST", PRODUCTS, given) == 12052012
    given["package_weight"] = {"value": "1", "unit": "POUND"}
    assert code(vn, "POST", PRODUCTS, given) == 12019061


def test_categories_ask_for_attributes_papers_and_sizes(patient: World) -> None:
    def refusal(name: str, **more: Any) -> int:
        return code(
            patient.us, "POST", PRODUCTS, body(patient, category_id=leaf(patient.us, name), **more)
        )

    cotton = [{"id": "100157", "values": [{"name": "Cotton"}]}]
    assert refusal("Casual Dresses") == 12052104
    assert refusal("Casual Dresses", product_attributes=cotton) == 12052673
    chart = {"image": {"uri": uri(patient, "chart", 1024, "SIZE_CHART_IMAGE")}}
    assert refusal("Casual Dresses", product_attributes=cotton, size_chart=chart) == 0
    assert refusal("Phone Stands") == 12052116
    size = {"length": "10", "width": "5", "height": "2.5", "unit": "CENTIMETER"}
    battery = [{"id": "101400", "values": [{"name": "Battery"}]}]
    none = [{"id": "101400", "values": [{"name": "None"}]}]
    assert refusal("Phone Stands", package_dimensions=size) == 12052104
    assert refusal("Phone Stands", package_dimensions=size, product_attributes=battery) == 12052104
    assert refusal("Phone Stands", package_dimensions=size, product_attributes=none) == 0
    age = [{"id": "101395", "values": [{"name": "0-12 months"}]}]
    assert refusal("Baby Bottles", product_attributes=age) == 12052105
    paper = [{"id": "602362", "images": [{"uri": uri(patient)}]}]
    assert refusal("Baby Bottles", product_attributes=age, certifications=paper) == 0
    assert refusal("Fine Jewellery") == 0
    assert refusal("Bicycles") == 12052225


def test_only_american_sellers_list_without_an_invitation(patient: World) -> None:
    given = body(patient, title="A ring for those who are invited")
    given["category_id"] = leaf(patient.vn, "Fine Jewellery")
    given["skus"] = [sku(price={"amount": "189000", "currency": "VND"})]
    assert code(patient.vn, "POST", PRODUCTS, given) == 12052223


def test_a_guarded_brand_needs_authorization(patient: World) -> None:
    rows = patient.us.data("GET", "/product/202309/brands", page_size=100)["brands"]
    guarded = next(row for row in rows if row["is_t1_brand"])
    assert guarded["authorized_status"] == "UNAUTHORIEZD"
    free = next(row for row in rows if not row["is_t1_brand"])
    assert code(patient.us, "POST", PRODUCTS, body(patient, brand_id=guarded["id"])) == 12052201
    product_id = create(patient, brand_id=free["id"])
    brand = detail(patient, product_id)["brand"]
    assert brand == {"id": free["id"], "name": free["name"]}


def test_the_listing_check_says_the_same_and_creates_nothing(patient: World) -> None:
    path = f"{PRODUCTS}/listing_check"
    assert patient.us.data("POST", path, body(patient))["check_result"] == "PASS"
    failed = patient.us.data("POST", path, body(patient, title=""))
    assert failed["check_result"] == "FAILED"
    assert [one["code"] for one in failed["fail_reasons"]] == [12052261]
    assert kinds(patient) == []
