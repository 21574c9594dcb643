"""Errors in the shapes the Admin API gives them."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

TEXT_404 = "Not Found"
TEXT_401 = "[API] Invalid API key or access token (unrecognized login or wrong password)"


def coded(message: str, code: str, **more: Any) -> GraphQLError:
    """A top-level error with ``extensions.code``."""
    return GraphQLError(message, extensions={"code": code, **more})


def invalid_id(gid: str) -> GraphQLError:
    return coded(f"Invalid id: {gid}", "RESOURCE_NOT_FOUND")


def access_denied(field: str, scope: str) -> GraphQLError:
    needed = f"`{scope}` access scope."
    return coded(
        f"Access denied for {field} field. Required access: {needed}",
        "ACCESS_DENIED",
        documentation="https://shopify.dev/api/usage/access-scopes",
        requiredAccess=needed,
    )


def user_error(field: list[str] | None, message: str, code: str | None = None) -> dict[str, Any]:
    return {"field": field, "message": message, "code": code}
