"""The check of the GraphQL: what is fetched, and that every kind of difference makes it fail."""

import copy
import gzip
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from tiktoksync.run import schema
from tiktoksync.sandbox.shopify.schema import read_sdl

VERSIONS = ["2026-10", "2026-07"]


def pack(path: Path, content: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as packed:
        for name, raw in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            packed.addfile(info, io.BytesIO(raw))


def type_of(real: Any, name: str) -> Any:
    return next(one for one in real["types"] if one["name"] == name)


def member(real: Any, type_name: str, kind: str, name: str) -> Any:
    return next(one for one in type_of(real, type_name)[kind] if one["name"] == name)


def keep(_real: Any) -> None:
    """Change nothing."""


@pytest.fixture(scope="module")
def stand_in() -> Any:
    """An introspection that knows all that is used here, dressed as the package's file is."""
    found = json.loads(json.dumps(introspection_from_schema(build_schema(read_sdl()))))["__schema"]
    for one in found["types"]:
        one["requiredAccess"] = None
        one["componentName"] = "sales"
    type_of(found, "Order")["requiredAccess"] = "`read_orders` access scope or `read_x` scope."
    text = "Occurs. Requires at least one of the following scopes: read_fulfillments, read_x."
    member(found, "WebhookSubscriptionTopic", "enumValues", "FULFILLMENTS_CREATE").update(
        description=text
    )
    return found


@pytest.fixture
def run(
    stand_in: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """Compare with a copy that a change was made to; the exit code and the lines."""

    def compare(*changes: Callable[[Any], None]) -> tuple[int, list[str]]:
        files = []
        for version, change in zip(VERSIONS, (*changes, keep, keep)[:2], strict=True):
            real = copy.deepcopy(stand_in)
            change(real)
            files.append(tmp_path / f"{version}.json.gz")
            text = json.dumps({"data": {"__schema": real}, "offline_scopes": {"items": []}})
            files[-1].write_bytes(gzip.compress(text.encode()))
        code = schema.compare(files, VERSIONS)
        return code, capfd.readouterr().out.splitlines()

    return compare


def test_the_introspections_are_taken_out_of_the_package(tmp_path: Path) -> None:
    names = [schema.MEMBER.format(version=version) for version in VERSIONS]
    pack(tmp_path / "package.tgz", {names[0]: b"new", names[1]: b"old"})
    found = [schema.take_out(tmp_path / "package.tgz", tmp_path, one) for one in VERSIONS]
    assert [path.read_bytes() for path in found if path] == [b"new", b"old"]
    assert {path.parent for path in found if path} == {tmp_path}


def test_a_package_without_the_file_gives_nothing(tmp_path: Path) -> None:
    pack(tmp_path / "package.tgz", {"package/readme.md": b"hello"})
    assert schema.take_out(tmp_path / "package.tgz", tmp_path, "2026-10") is None


@pytest.mark.parametrize("ci", [None, "", "false"])
def test_without_npm_a_laptop_is_told_that_nothing_was_compared(
    ci: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing is to be run"))
    assert schema.main() == 0
    assert "NOT compared" in capsys.readouterr().out


def test_in_ci_a_package_that_cannot_be_fetched_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "")
    assert schema.main() == 1
    assert "NOT compared" in capsys.readouterr().out


def test_a_package_that_lacks_a_version_counts_as_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hand_out(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        pack(tmp_path / "one.tgz", {schema.MEMBER.format(version="2026-10"): b"new"})
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(schema.shutil, "which", lambda _: sys.executable)
    monkeypatch.setattr(subprocess, "run", hand_out)
    assert schema.fetch(tmp_path, VERSIONS) is None
    assert schema.fetch(tmp_path, ["2026-10"]) == [tmp_path / "admin_2026-10.json.gz"]


def test_the_settings_give_the_versions_and_the_scopes() -> None:
    assert schema.read_default("SHOPIFY_API_VERSION") == "2026-10"
    assert "write_orders" in schema.read_default("SHOPIFY_SCOPES").split(",")
    assert "ORDERS_UPDATED" in schema.read_topics()
    with pytest.raises(LookupError, match="NO_SUCH"):
        schema.read_default("NO_SUCH")


def test_the_version_before_is_a_quarter_older() -> None:
    assert schema.version_before("2026-10") == "2026-07"
    assert schema.version_before("2027-01") == "2026-10"


def test_what_fits_passes_and_says_what_was_compared(run: Any) -> None:
    code, lines = run()
    count = len(list(schema.QUERIES.glob("*.graphql")))
    topics = len(schema.read_topics())
    assert code == 0
    assert lines[0].startswith("sandbox schema: ")
    assert lines[0].endswith(": 0 differences")
    for version in VERSIONS:
        said = f"documents against {version}: {count} documents, {topics} webhook topics"
        assert f"{said}: 0 differences" in lines
    assert "  read_orders: Order" in lines
    assert lines[-1] == "schema: 0 differences"


def lose_field(real: Any) -> None:
    member(real, "Order", "fields", "sourceIdentifier")["name"] = "origin"


def retype_argument(real: Any) -> None:
    field = member(real, "QueryRoot", "fields", "orderByIdentifier")
    field["args"][0]["type"]["ofType"]["name"] = "ProductIdentifierInput"


def lose_enum_value(real: Any) -> None:
    rows = type_of(real, "OrderCancelReason")["enumValues"]
    rows.remove(next(one for one in rows if one["name"] == "OTHER"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lose_field, "Order.sourceIdentifier: no such field"),
        (
            retype_argument,
            "QueryRoot.orderByIdentifier(identifier): OrderIdentifierInput!, "
            "not ProductIdentifierInput!",
        ),
        (lose_enum_value, "OrderCancelReason: no OTHER among its enumValues"),
    ],
)
def test_a_schema_that_differs_makes_it_fail(
    run: Any, change: Callable[[Any], None], told: str
) -> None:
    code, lines = run(change)
    assert code == 1
    assert told in lines
    assert lines[-1] == "schema: there are differences, see above"


def test_a_document_is_held_against_the_version_before_too(run: Any) -> None:
    code, lines = run(keep, lose_field)
    assert code == 1
    document = (schema.QUERIES / "find_order.graphql").read_text("utf-8")
    number = document[: document.index("sourceIdentifier")].count("\n") + 1
    place = f"2026-07 find_order.graphql:{number}"
    assert f"{place}: Cannot query field 'sourceIdentifier' on type 'Order'." in lines
    assert not [line for line in lines if line.startswith("2026-10 ")]
    assert lines[0].endswith(": 0 differences")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("query { shop { nam } }", "2026-10 bad.graphql:1: Cannot query field 'nam' on type"),
        ("query {\n  shop { name }", "2026-10 bad.graphql:2: Syntax Error"),
        (
            "query {\n  orders(first: 1, sortKey: LUCK) { nodes { id } }\n}",
            "2026-10 bad.graphql:2: Value 'LUCK' does not exist in 'OrderSortKeys' enum",
        ),
        (
            'query {\n  orderByIdentifier(identifier: {id: "1", customId: null}) { id }\n}',
            "2026-10 bad.graphql:2: OneOf Input Object 'OrderIdentifierInput'",
        ),
    ],
)
def test_a_bad_document_makes_it_fail(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    (tmp_path / "bad.graphql").write_text(text)
    monkeypatch.setattr(schema, "QUERIES", tmp_path)
    code, lines = run()
    assert code == 1
    assert [line for line in lines if line.startswith(told)]


def test_a_scope_that_nobody_asks_for_makes_it_fail(run: Any) -> None:
    def guard(real: Any) -> None:
        type_of(real, "Shop")["requiredAccess"] = "`read_secrets` access scope. Also: be nice."

    code, lines = run(guard)
    assert code == 1
    told = [line for line in lines if line.startswith("2026-10: Shop needs read_secrets")]
    assert told == [
        "2026-10: Shop needs read_secrets, and SHOPIFY_SCOPES asks for none (shop_info.graphql)"
    ]


def test_a_webhook_topic_that_is_gone_or_closed_makes_it_fail(run: Any) -> None:
    def rename(real: Any) -> None:
        member(real, "WebhookSubscriptionTopic", "enumValues", "PRODUCTS_DELETE")["name"] = "GONE"

    def close(real: Any) -> None:
        row = member(real, "WebhookSubscriptionTopic", "enumValues", "APP_UNINSTALLED")
        row["description"] = "Occurs. Requires the `read_secrets` scope."

    code, lines = run(rename, close)
    assert code == 1
    assert "2026-10: no webhook PRODUCTS_DELETE" in lines
    assert [line for line in lines if line.startswith("2026-07: webhook APP_UNINSTALLED needs")]
