"""The OpenAPI document in the repository is the one the program gives, and its page works alone."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from tests.api.schema import DOCUMENT, document


def test_the_checked_in_document_is_the_generated_one(tmp_path: Path) -> None:
    generated = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(generated), validate=True, fail_on_warn=True)

    assert DOCUMENT.read_text() == generated.read_text(), "run: make openapi"


def test_generating_the_document_gives_no_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", stdout=StringIO())

    assert capsys.readouterr().err == ""


def test_the_document_is_served_without_a_token(client: Client) -> None:
    response = client.get("/api/v1/schema/")

    assert response.status_code == 200
    assert yaml.safe_load(response.content) == document()


def test_the_documents_page_needs_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/v1/docs/")
    page = response.content.decode()

    assert response.status_code == 200
    assert "Content-Security-Policy" not in response
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page)
    assert len(addresses) >= 3
    for address in addresses:
        assert address.startswith("/static/")
        assert finders.find(address.removeprefix("/static/"))
    assert "/api/v1/schema/" in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    "operation",
    [
        "GET orders/",
        "GET orders/{tiktok_order_id}/",
        "POST orders/{tiktok_order_id}/retry/",
        "POST orders/{tiktok_order_id}/cancel-request/accept/",
        "POST orders/{tiktok_order_id}/cancel-request/decline/",
        "POST orders/{tiktok_order_id}/cancel-on-tiktok/",
        "POST orders/pull/",
        "GET links/",
        "PATCH links/{id}/",
        "POST products/skus/{tiktok_sku_id}/lock/",
        "POST runs/{id}/confirm/",
        "POST links/",
        "DELETE links/{id}/",
        "GET products/",
        "GET shops/",
        "POST backfills/",
        "POST products/upload/",
        "POST products/import/",
        "POST products/push/",
        "POST products/link/",
        "POST products/refresh/",
        "GET runs/{id}/items/",
        "GET runs/{id}/items.csv",
        "GET shops/{tiktok_shop_id}/product-rules/",
        "PATCH shops/{tiktok_shop_id}/product-rules/",
        "GET upload-templates/",
        "POST upload-templates/",
        "PATCH upload-templates/{id}/",
        "DELETE upload-templates/{id}/",
        "GET runs/",
        "GET runs/{id}/",
        "POST runs/{id}/start/",
        "POST runs/{id}/cancel/",
        "POST runs/{id}/retry/",
    ],
)
def test_every_promised_operation_is_described(operation: str) -> None:
    method, _, path = operation.partition(" ")

    described: Any = document()["paths"][f"/api/v1/{path}"][method.lower()]

    assert described["security"] == [{"token": []}]
    refused = described["responses"]["401"]["content"]["application/json"]["schema"]
    assert refused == {"$ref": "#/components/schemas/Refusal"}


def test_the_guide_names_every_operation_and_no_other() -> None:
    guide = (DOCUMENT.parent / "api.md").read_text()

    named = set(re.findall(r"`(GET|POST|PATCH|DELETE) ([a-z-]+/[^`]*)`", guide))

    described = {
        (method.upper(), path.removeprefix("/api/v1/"))
        for path, operations in document()["paths"].items()
        for method in operations
    }
    assert named == described
