"""One shape for every refusal: `{"error": {"code", "message", "fields"}}`."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import server_error
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

API_PREFIX = "/api/"


class Conflict(APIException):
    """The request is understood, but the object stands differently."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "The object is not in a state that allows this."
    default_code = "conflict"


def error_body(
    code: str, message: str, fields: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """The body of a refusal; `fields` names what was wrong where."""
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into the error shape; None lets an unknown error through."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = _invalid_body(error)
    else:
        detail = response.data["detail"]
        response.data = error_body(detail.code, str(detail))
    return response


def _invalid_body(error: ValidationError) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for path, message in _flatten(error.detail):
        fields.setdefault(path, []).append(message)
    general = fields.pop("", [])
    names = ", ".join(sorted(fields))
    return error_body("invalid", " ".join(general) or f"Not valid: {names}.", fields)


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The messages of a nested error, each with the dotted path of its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
            yield from _flatten(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flatten(inner, path)
    else:
        yield path, str(detail)


def answer_crash(request: HttpRequest) -> HttpResponse:
    """The 500 of the whole site: JSON for programs, Django's page for people."""
    if not request.path.startswith(API_PREFIX):
        return server_error(request)
    body = error_body("server_error", "Something went wrong inside TikTokSync.")
    return JsonResponse(body, status=500)
