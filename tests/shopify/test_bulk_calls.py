"""Bulk operations: starting, watching, ending, and what may be asked in one."""

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from tests.shopify.fake_store import always, connect
from tiktoksync import errors
from tiktoksync.shopify.bulk_calls import BULK_INVENTORY, BULK_PRODUCTS, BulkOperation, gid_type
from tiktoksync.shopify.transport import load_document

GID = "gid://shopify/BulkOperation/1"
ROW = {
    "id": GID,
    "status": "COMPLETED",
    "errorCode": None,
    "objectCount": "12345678901",
    "fileSize": "77",
    "url": "https://storage.example/f.jsonl?sig=1",
    "partialDataUrl": None,
}
READ = BulkOperation(
    id=GID,
    status="COMPLETED",
    url="https://storage.example/f.jsonl?sig=1",
    object_count=12345678901,
    file_size=77,
)


def made(row: object, *said: dict) -> dict:
    payload = {"bulkOperation": row, "userErrors": list(said)}
    return {"bulkOperationRunQuery": payload, "bulkOperationCancel": payload}


@pytest.mark.parametrize("name", [BULK_PRODUCTS, BULK_INVENTORY])
def test_starts_a_stored_document(monkeypatch, name: str):
    client, store = connect(monkeypatch, always(made({"id": GID, "status": "CREATED"})))
    assert client.start_bulk_query(name).data == BulkOperation(GID, "CREATED")
    assert store.asked == [("StartBulkQuery", {"query": load_document(name)})]
    assert store.sent[0]["safe"] is False


def test_starts_the_text_of_a_document(monkeypatch):
    client, store = connect(monkeypatch, always(made({"id": GID, "status": "CREATED"})))
    client.start_bulk_query("{ products { edges { node { id } } } }")
    assert store.asked[0][1] == {"query": "{ products { edges { node { id } } } }"}


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
def test_one_too_many_waits_and_stops_nothing_else(monkeypatch, code: str):
    said = {"field": None, "message": "already in progress: gid://…", "code": code}
    client, store = connect(monkeypatch, always(made(None, said)))
    with pytest.raises(errors.CallLimited) as caught:
        client.start_bulk_query(BULK_PRODUCTS)
    assert caught.value.code == code
    assert caught.value.pauses_account is False
    assert len(store.asked) == 1


def test_a_refused_document_says_why(monkeypatch):
    said = {"field": ["query"], "message": "Invalid bulk query: too deep", "code": "INVALID"}
    client, _ = connect(monkeypatch, always(made(None, said)))
    with pytest.raises(errors.Rejected, match="too deep"):
        client.start_bulk_query(BULK_PRODUCTS)


@pytest.mark.parametrize("row", [None, {}, {"status": "CREATED"}], ids=str)
def test_a_start_without_an_id_is_in_doubt(monkeypatch, row: object):
    client, _ = connect(monkeypatch, always(made(row)))
    with pytest.raises(errors.OutcomeUnknown):
        client.start_bulk_query(BULK_PRODUCTS)


def test_reads_how_far_it_is(monkeypatch):
    client, store = connect(monkeypatch, always({"bulkOperation": ROW}))
    answered = client.bulk_operation(GID).data
    assert answered == READ
    assert answered.is_over
    assert store.sent[0]["safe"] is True


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        ("CREATED", False),
        ("RUNNING", False),
        ("CANCELING", False),
        ("CANCELED", True),
        ("COMPLETED", True),
        ("FAILED", True),
        ("EXPIRED", True),
    ],
)
def test_knows_when_nothing_more_comes(status: str, is_over: bool):
    assert BulkOperation(GID, status).is_over is is_over


def test_a_failed_one_says_why_and_what_it_had(monkeypatch):
    row = ROW | {
        "status": "FAILED",
        "errorCode": "TIMEOUT",
        "url": None,
        "partialDataUrl": "https://p",
    }
    client, _ = connect(monkeypatch, always({"bulkOperation": row}))
    found = client.bulk_operation(GID).data
    assert (found.url, found.error_code, found.partial_url) == ("", "TIMEOUT", "https://p")


def test_an_unknown_one_is_gone(monkeypatch):
    client, _ = connect(monkeypatch, always({"bulkOperation": None}))
    with pytest.raises(errors.Gone):
        client.bulk_operation(GID)


def test_asks_to_end_one(monkeypatch):
    client, store = connect(monkeypatch, always(made({"id": GID, "status": "CANCELING"})))
    assert client.cancel_bulk_operation(GID).data.status == "CANCELING"
    assert store.asked == [("CancelBulkOperation", {"id": GID})]
    assert store.sent[0]["safe"] is False


def test_one_that_cannot_be_ended_says_so(monkeypatch):
    said = {"field": None, "message": "A bulk operation cannot be canceled when it is completed"}
    client, _ = connect(monkeypatch, always(made(ROW, said)))
    with pytest.raises(errors.Rejected, match="cannot be canceled"):
        client.cancel_bulk_operation(GID)


# --- what Shopify allows in a bulk query --------------------------------------------------------


def connections(node: FieldNode | OperationDefinitionNode, depth: int = 0) -> list[int]:
    """How deep each connection lies: a field whose only child is ``edges``."""
    found = []
    for child in node.selection_set.selections if node.selection_set else ():
        if not isinstance(child, FieldNode):
            continue
        inside = [
            one.name.value
            for one in (child.selection_set.selections if child.selection_set else ())
            if isinstance(one, FieldNode)
        ]
        own = inside == ["edges"]
        found += ([depth + 1] if own else []) + connections(child, depth + own)
    return found


@pytest.mark.parametrize("name", [BULK_PRODUCTS, BULK_INVENTORY])
def test_a_bulk_document_keeps_the_rules(name: str):
    text = load_document(name)
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    depths = connections(operation)
    assert 1 <= len(depths) <= 5
    assert max(depths) <= 2
    assert "nodes" not in text.split()
    assert "pageInfo" not in text
    assert "$" not in text
    assert len(text.encode()) <= 65_535
    # Every object of a connection is told apart by its id.
    assert text.count("node {") == sum(
        after.split()[0] == "id" for after in text.split("node {")[1:]
    )


@pytest.mark.parametrize(
    ("gid", "name"),
    [
        ("gid://shopify/ProductVariant/1", "ProductVariant"),
        ("gid://shopify/InventoryLevel/1?inventory_item_id=2", "InventoryLevel"),
        ("1", ""),
        ("", ""),
        ("https://a/b/c/d", ""),
    ],
)
def test_an_id_says_what_it_is_of(gid: str, name: str):
    assert gid_type(gid) == name
