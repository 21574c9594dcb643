"""Reading products: pages, the variants that did not fit, and what is gone."""

from datetime import UTC, datetime

import pytest

from tests.shopify.fake_store import REQUEST_ID, always, connect, response
from tests.shopify.products import connection, product, variant
from tiktoksync import errors
from tiktoksync.shopify.product_reading import ProductCounts

GID = "gid://shopify/Product/1"


def not_found(_: str, __: dict) -> object:
    said = "Metafield definition of type 'id' is required when using custom ids."
    error = {
        "message": said,
        "path": ["productByIdentifier"],
        "extensions": {"code": "NOT_FOUND"},
    }
    return response({"data": {"productByIdentifier": None}, "errors": [error]})


# --- counting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precisions", "is_exact"),
    [(("EXACT", "EXACT"), True), (("EXACT", "AT_LEAST"), False), (("AT_LEAST", "EXACT"), False)],
)
def test_counts_and_says_whether_they_are_exact(monkeypatch, precisions, is_exact: bool):
    counts = [{"count": n, "precision": p} for n, p in zip((7, 10_000), precisions, strict=True)]
    client, store = connect(
        monkeypatch, always({"productsCount": counts[0], "productVariantsCount": counts[1]})
    )
    assert client.count_products().data == ProductCounts(7, 10_000, is_exact)
    assert store.sent[0]["safe"] is True


def test_a_missing_count_is_not_none_of_them(monkeypatch):
    client, _ = connect(monkeypatch, always({"productsCount": None, "productVariantsCount": None}))
    with pytest.raises(errors.Unreachable):
        client.count_products()


# --- pages --------------------------------------------------------------------------------------


def test_a_page_by_id_has_plain_lists(monkeypatch):
    client, store = connect(monkeypatch, always({"products": connection([product(1)], "c1")}))
    page = client.products_page().data
    (found,) = page.products
    assert (found["id"], page.next_cursor) == (GID, "c1")
    assert [row["sku"] for row in found["variants"]] == ["S10"]
    assert found["variants"][0]["media"] == [{"id": "gid://shopify/MediaImage/10"}]
    assert [row["status"] for row in found["media"]] == ["READY"]
    assert found["more_variants_after"] == ""
    assert store.asked[0] == (
        "ProductsPage",
        {"first": 8, "after": None, "search": None, "sort": "ID", "variants": 10, "media": 12},
    )
    assert store.sent[0]["safe"] is True


def test_a_page_of_changes_begins_with_the_oldest(monkeypatch):
    client, store = connect(monkeypatch, always({"products": connection([])}))
    since = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert client.products_page(updated_since=since, after="c1").data.products == ()
    variables = store.asked[0][1]
    assert variables["search"] == "updated_at:>='2026-11-20T08:00:00Z'"
    assert (variables["sort"], variables["after"]) == ("UPDATED_AT", "c1")


def test_a_page_that_does_not_move_on_is_the_last(monkeypatch):
    client, _ = connect(monkeypatch, always({"products": connection([product(1)], "c1")}))
    assert client.products_page(after="c1").data.next_cursor == ""


@pytest.mark.parametrize("answer", [{"products": None}, {}], ids=str)
def test_a_denied_page_is_not_an_empty_one(monkeypatch, answer: dict):
    client, _ = connect(monkeypatch, always(answer))
    with pytest.raises(errors.Unreachable):
        client.products_page()


def test_denied_variants_are_not_none_of_them(monkeypatch):
    bare = product(1) | {"variants": None}
    client, _ = connect(monkeypatch, always({"products": connection([bare])}))
    with pytest.raises(errors.Unreachable):
        client.products_page()


# --- many variants ------------------------------------------------------------------------------


def with_more(pages: int):
    """A product whose variants come in this many pages beyond the first."""

    def handler(name: str, variables: dict) -> dict:
        if name == "ProductsPage":
            return {"products": connection([product(1, more="p0")])}
        place = int(variables["after"][1:]) + 1
        cursor = f"p{place}" if place < pages else ""
        rows = connection([variant(1000 + place)], cursor)
        return {"product": {"id": variables["id"], "variants": rows}}

    return handler


def test_the_variants_that_did_not_fit_are_read_too(monkeypatch):
    client, store = connect(monkeypatch, with_more(2))
    answered = client.products_page()
    (found,) = answered.data.products
    assert [row["sku"] for row in found["variants"]] == ["S10", "S1001", "S1002"]
    assert found["variants"][2]["media"] == [{"id": "gid://shopify/MediaImage/1002"}]
    assert found["more_variants_after"] == ""
    assert [name for name, _ in store.asked] == ["ProductsPage"] + ["ProductVariants"] * 2
    assert answered.cost is not None
    assert answered.cost.actual == 30


def test_a_product_with_very_many_variants_is_marked(monkeypatch):
    client, store = connect(monkeypatch, with_more(9))
    (found,) = client.products_page().data.products
    assert (len(found["variants"]), found["more_variants_after"]) == (4, "p3")
    assert len(store.asked) == 4


def test_a_product_that_goes_away_in_between_is_left_out(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        if name == "ProductsPage":
            return {"products": connection([product(1, more="p0"), product(2)])}
        return {"product": None}

    client, _ = connect(monkeypatch, handler)
    assert [row["title"] for row in client.products_page().data.products] == ["Product 2"]


def test_reads_a_page_of_one_products_variants(monkeypatch):
    rows = {"product": {"id": GID, "variants": connection([variant(1)], "n")}}
    client, store = connect(monkeypatch, always(rows))
    page = client.product_variants(GID, "a").data
    assert ([row["sku"] for row in page.variants], page.next_cursor) == (["S1"], "n")
    assert store.asked[0][1] == {"id": GID, "first": 100, "after": "a"}


def test_the_variants_of_a_product_that_is_gone(monkeypatch):
    client, _ = connect(monkeypatch, always({"product": None}))
    with pytest.raises(errors.Gone) as caught:
        client.product_variants(GID)
    assert caught.value.request_id == REQUEST_ID


# --- by id --------------------------------------------------------------------------------------


def test_reads_products_by_id_in_small_calls(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        numbers = [int(gid.rpartition("/")[2]) for gid in variables["ids"]]
        return {"nodes": [product(n) if n % 2 else None for n in numbers]}

    client, store = connect(monkeypatch, handler)
    gids = [f"gid://shopify/Product/{number}" for number in range(1, 11)]
    found = client.read_products([*gids, gids[0]]).data
    assert list(found) == gids
    assert [gid for gid, row in found.items() if row is None] == gids[1::2]
    assert found[gids[0]]["variants"][0]["sku"] == "S10"
    assert [len(variables["ids"]) for _, variables in store.asked] == [8, 2]


def test_no_ids_ask_nobody(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    assert client.read_products([]).data == {}
    assert store.asked == []


def test_more_than_twenty_five_ids_are_a_mistake_of_the_caller(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    with pytest.raises(ValueError, match="25"):
        client.read_products(["x"] * 26)
    assert store.asked == []


@pytest.mark.parametrize("nodes", [None, [], [None, None]], ids=str)
def test_an_answer_about_other_ids_is_none(monkeypatch, nodes: object):
    client, _ = connect(monkeypatch, always({"nodes": nodes}))
    with pytest.raises(errors.Unreachable):
        client.read_products([GID])


# --- by the app's own id ------------------------------------------------------------------------


def test_finds_the_product_of_a_tiktok_product(monkeypatch):
    client, store = connect(monkeypatch, always({"productByIdentifier": product(1)}))
    found = client.product_by_custom_id("1729").data
    assert found is not None
    assert [row["sku"] for row in found["variants"]] == ["S10"]
    custom = {"namespace": "$app", "key": "tiktok_product_id", "value": "1729"}
    assert store.asked[0][1]["identifier"] == {"customId": custom}


def test_no_product_is_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"productByIdentifier": None}))
    assert client.product_by_custom_id("1729").data is None


def test_a_missing_definition_is_not_no_product(monkeypatch):
    client, _ = connect(monkeypatch, not_found)
    with pytest.raises(errors.ConfigError):
        client.product_by_custom_id("1729")


# --- by words -----------------------------------------------------------------------------------


def test_finds_products_by_the_words_of_a_title(monkeypatch):
    client, store = connect(monkeypatch, always({"products": connection([product(1)], "more")}))
    assert [row["title"] for row in client.find_products(title="Mug  (blue)*").data] == [
        "Product 1"
    ]
    variables = store.asked[0][1]
    assert variables["sort"] == "TITLE"
    assert variables["search"] == (r"(title:Mug OR title:Mug*) (title:\(blue\) OR title:\(blue\)*)")


def test_finds_any_products_without_words(monkeypatch):
    client, store = connect(monkeypatch, always({"products": connection([])}))
    assert client.find_products(title=" ").data == []
    assert store.asked[0][1]["search"] is None


def test_a_title_search_that_shopify_ignored_is_an_error(monkeypatch):
    def handler(name: str, variables: dict) -> object:
        warning = {"field": "title", "message": "Invalid search field", "code": "invalid_field"}
        return response(
            {
                "data": {"products": connection([product(1)])},
                "extensions": {"search": [{"path": ["products"], "warnings": [warning]}]},
            }
        )

    client, _ = connect(monkeypatch, handler)
    with pytest.raises(errors.ConfigError):
        client.find_products(title="Mug")


def test_finds_all_products_of_a_title(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        first = variables["after"] is None
        return {"products": connection([{"id": "1" if first else "2"}], "c" if first else "")}

    client, store = connect(monkeypatch, handler)
    assert [row["id"] for row in client.find_titles("Bob's mug").data] == ["1", "2"]
    assert store.asked[0] == (
        "FindTitles",
        {"search": r"title:'Bob\'s mug'", "first": 100, "after": None},
    )


def test_no_title_asks_nobody(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    assert client.find_titles(" ").data == []
    assert store.asked == []


def test_finds_variants_by_barcode(monkeypatch):
    rows = connection([{"id": "v1", "barcode": "4006381333931"}])
    client, store = connect(monkeypatch, always({"productVariants": rows}))
    found = client.find_variants_by_barcode(["4006381333931", " ", "4006381333931"]).data
    assert [row["barcode"] for row in found] == ["4006381333931"]
    assert store.asked == [
        (
            "FindVariantsByBarcode",
            {"search": "barcode:'4006381333931'", "first": 100, "after": None},
        )
    ]
