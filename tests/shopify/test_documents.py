"""The stored GraphQL documents: one a file, cheap enough, and fit for the sandbox's schema."""

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
    parse,
    print_ast,
    validate,
)

import tiktoksync
from tiktoksync.shopify import (
    catalogue_calls,
    client,
    fulfillment_calls,
    inventory_calls,
    order_reading,
    order_search,
    product_reading,
    refund_calls,
    store_calls,
)
from tiktoksync.shopify.transport import QUERIES, load_document

NAMES = sorted(path.stem for path in QUERIES.glob("*.graphql"))
SCHEMA = Path(tiktoksync.__file__).parent / "sandbox" / "shopify" / "schema"

#: The rows the client asks for, and the dearest a document may be.
ASKED: dict[str, tuple[dict[str, int], int]] = {
    "create_order": ({}, 12),
    "find_order": ({}, 30),
    "read_orders": (
        {"ids": order_reading.ORDERS_A_CALL, **order_reading.FIRST_LOOK},
        800,
    ),
    "read_order": (
        {"orderLines": order_reading.ORDER_LINES_A_PAGE, **order_reading.FIRST_LOOK},
        300,
    ),
    "find_marked_orders": ({"first": order_search.CANDIDATES_A_PAGE}, 100),
    "read_order_parcels": (dict(order_reading.SECOND_LOOK), 600),
    "read_parcel_lines": (
        {"ids": order_reading.PARCELS_A_CALL, "lines": order_reading.PARCEL_LINES_A_PAGE},
        700,
    ),
    "orders_updated_since": ({"first": client.CHANGED_ORDERS_A_PAGE}, 110),
    "find_variants": ({"first": catalogue_calls.MATCHES_A_PAGE}, 310),
    "find_variants_by_barcode": ({"first": catalogue_calls.MATCHES_A_PAGE}, 310),
    "find_titles": ({"first": catalogue_calls.MATCHES_A_PAGE}, 110),
    "count_products": ({}, 10),
    "products_page": (
        {"first": product_reading.PRODUCTS_A_CALL, **product_reading.FIRST_LOOK},
        950,
    ),
    "read_products": (
        {"ids": product_reading.PRODUCTS_A_CALL, **product_reading.FIRST_LOOK},
        950,
    ),
    "product_variants": ({"first": product_reading.VARIANTS_A_CALL}, 850),
    "product_by_custom_id": (dict(product_reading.SINGLE_LOOK), 450),
    "set_product": (
        {**product_reading.FIRST_LOOK, "variants": product_reading.VARIANTS_A_CALL},
        860,
    ),
    "locations": ({"first": inventory_calls.LOCATIONS_A_PAGE}, 210),
    "inventory_levels": (
        {"ids": inventory_calls.MAX_ITEMS, "first": inventory_calls.LEVELS_A_LOOK},
        950,
    ),
    "more_inventory_levels": ({"first": inventory_calls.LEVELS_A_PAGE}, 310),
    "start_bulk_query": ({}, 12),
    "bulk_operation": ({}, 10),
    "cancel_bulk_operation": ({}, 12),
    "fulfillment_orders": (
        {
            "first": fulfillment_calls.FULFILLMENT_ORDERS_A_PAGE,
            "lines": fulfillment_calls.LINES_A_PAGE,
        },
        700,
    ),
    "fulfillment_order_lines": ({"lines": fulfillment_calls.MORE_LINES_A_PAGE}, 310),
    "webhook_subscriptions": ({"first": store_calls.SUBSCRIPTIONS_A_PAGE}, 110),
    "shop_info": ({}, 10),
    "metafield_definitions": ({}, 10),
    "read_refundable": ({"first": refund_calls.LINES_A_PAGE, **refund_calls.LOOK}, 500),
    "create_refund": ({}, 12),
    "cancel_order": ({}, 12),
    "create_fulfillment": ({}, 12),
    "update_fulfillment_tracking": ({}, 12),
    "cancel_fulfillment": ({}, 12),
    "create_metafield_definition": ({}, 12),
    "create_webhook_subscription": ({}, 12),
    "delete_webhook_subscription": ({}, 12),
}


@pytest.fixture(scope="module")
def sandbox_schema() -> GraphQLSchema:
    return build_schema("\n".join(path.read_text() for path in sorted(SCHEMA.glob("*.graphql"))))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_one_operation_named_like_the_file(name: str):
    operations = [
        node
        for node in parse(load_document(name)).definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    assert len(operations) == 1
    assert operations[0].name
    assert operations[0].name.value == "".join(word.title() for word in name.split("_"))


@pytest.mark.parametrize("name", NAMES)
def test_every_document_is_valid_in_the_sandbox(name: str, sandbox_schema: GraphQLSchema):
    assert validate(sandbox_schema, parse(load_document(name))) == []


def test_fragments_of_one_name_are_the_same_everywhere():
    found: dict[str, dict[str, list[str]]] = {}
    for name in NAMES:
        for node in parse(load_document(name), no_location=True).definitions:
            if isinstance(node, FragmentDefinitionNode):
                texts = found.setdefault(node.name.value, {})
                texts.setdefault(print_ast(node), []).append(name)
    assert {
        fragment: list(texts.values()) for fragment, texts in found.items() if len(texts) > 1
    } == {}


@pytest.mark.parametrize("name", ASKED)
def test_a_document_costs_no_more_than_it_may(name: str):
    rows, most = ASKED[name]
    assert requested_cost(name, rows) <= most < 1000


def test_creating_an_order_asks_for_eleven_points():
    assert requested_cost("create_order", {}) == 11


def requested_cost(name: str, rows: dict[str, int]) -> int:
    """Shopify's estimate, on the dear side: object 1, connection 2 + rows, a list with ``first``
    counted by its rows, mutation 10; user errors, page info and the payload are free.
    """
    document = parse(load_document(name))
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    operation = next(
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    )
    if operation.operation.value != "mutation":
        return _inside(operation.selection_set, fragments, rows)
    payload = operation.selection_set.selections[0]
    assert isinstance(payload, FieldNode)
    assert payload.selection_set
    return 10 + _inside(payload.selection_set, fragments, rows)


def _inside(selected: SelectionSetNode, fragments: dict[str, Any], rows: dict[str, int]) -> int:
    total = 0
    for node in selected.selections:
        if isinstance(node, FragmentSpreadNode):
            total += _inside(fragments[node.name.value], fragments, rows)
        elif isinstance(node, InlineFragmentNode):
            total += _inside(node.selection_set, fragments, rows)
        elif isinstance(node, FieldNode) and node.selection_set and not _is_free(node.name.value):
            total += _field(node, fragments, rows)
    return total


def _field(node: FieldNode, fragments: dict[str, Any], rows: dict[str, int]) -> int:
    assert node.selection_set
    inside = _inside(node.selection_set, fragments, rows)
    size = _size(node, rows)
    if size is None:
        return inside if node.name.value == "nodes" else 1 + inside
    names = {child.name.value for child in node.selection_set.selections if hasattr(child, "name")}
    return 2 + size * (1 + inside) if "nodes" in names else size * (1 + inside)


def _size(node: FieldNode, rows: dict[str, int]) -> int | None:
    for argument in node.arguments:
        if argument.name.value in ("first", "ids"):
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            assert isinstance(argument.value, VariableNode)
            return rows[argument.value.name.value]
    return None


def _is_free(name: str) -> bool:
    return name == "pageInfo" or name.lower().endswith("usererrors")
