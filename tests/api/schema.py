"""Checks answers against the checked-in OpenAPI document."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from django.http import HttpResponse

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@lru_cache
def document() -> dict[str, Any]:
    """The document as programs are given it."""
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return loaded


def checked(response: HttpResponse, operation: str, code: int) -> Any:
    """The JSON of an answer that has this status code and the shape its operation promises."""
    assert response.status_code == code, response.content
    promised = _operation(operation)["responses"][str(code)]
    if "content" not in promised:
        assert response.content == b""
        return None
    assert response["Content-Type"] == "application/json"
    body = response.json()
    schema = _strict(promised["content"]["application/json"]["schema"])
    jsonschema.Draft202012Validator(schema).validate(body)
    return body


def _operation(operation_id: str) -> dict[str, Any]:
    operations = [operation for path in document()["paths"].values() for operation in path.values()]
    return next(one for one in operations if one["operationId"] == operation_id)


def _strict(schema: Any) -> Any:
    """JSON schema of an OpenAPI 3.0 one: references resolved, null spelled out, no extra names."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _strict(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    strict = {name: _strict(part) for name, part in schema.items() if name != "nullable"}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        strict["additionalProperties"] = False
    if schema.get("nullable") and "type" in schema:
        strict["type"] = [schema["type"], "null"]
    elif schema.get("nullable"):
        return {"anyOf": [strict, {"type": "null"}]}
    return strict
