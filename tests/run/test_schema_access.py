"""Reading which scopes the Admin API asks for out of its own words."""

import pytest

from tiktoksync.run.schema_access import Need, grant, read_access, read_needs, read_topics


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", []),
        ("API client to have access to the namespace.", []),
        ("`write_orders` access scope.", [("write_orders",)]),
        ("`read_a` access scope, `read_b` access scope or `read_c` access scope. Also: Be kind.",
         [("read_a", "read_b", "read_c")]),
        ("`read_a` access scope. Also: Requires `read_b` scope.", [("read_a",), ("read_b",)]),
        ("`read_a` access scope and (`read_b` access scope or `read_c` access scope).",
         [("read_a",), ("read_b", "read_c")]),
        ("`read_a` access scope. Also: Linking also requires the `write_b` access scope.",
         [("read_a",)]),
    ],
)  # fmt: skip
def test_a_sentence_names_groups_of_scopes(text: str, groups: list[tuple[str, ...]]) -> None:
    assert read_access(text) == groups


def test_types_and_fields_have_needs_of_their_own() -> None:
    field = {"name": "id", "requiredAccess": "`read_b` access scope."}
    rows = [{"name": "Order", "requiredAccess": "`read_a` access scope.", "fields": [field]}]
    assert read_needs({"types": rows}) == {
        "Order": [Need("Order", ("read_a",))],
        "Order.id": [Need("Order.id", ("read_b",))],
    }


def test_a_topic_says_in_its_description_what_it_needs() -> None:
    rows = [
        {"name": "A", "description": "Occurs. Requires the `read_a` scope."},
        {"name": "B", "description": "Occurs. Requires at least one of\nread_b,\nread_c."},
        {"name": "C", "description": "Occurs when read_a was touched."},
    ]
    topics = read_topics({"types": [{"name": "WebhookSubscriptionTopic", "enumValues": rows}]})
    assert topics == {
        "A": Need("webhook A", ("read_a",)),
        "B": Need("webhook B", ("read_b", "read_c")),
        "C": None,
    }


def test_writing_includes_reading_and_not_the_other_way_round() -> None:
    granted = grant("write_orders, read_products")
    assert Need("x", ("read_orders", "read_other")).is_met(granted)
    assert Need("x", ("write_orders",)).is_met(granted)
    assert not Need("x", ("write_products",)).is_met(granted)
