"""Lists by keyset: a page begins behind the last row of the one before, however deep it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_LIMIT = 50
MOST = 100


@dataclass(frozen=True, slots=True)
class Keyset:
    """Newest first, by an optional time and then by id; `name` keeps cursors of lists apart.

    Rows without that time come first, which is how PostgreSQL keeps a descending index.
    """

    name: str
    time_field: str = ""

    def order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in the order of this keyset."""
        if not self.time_field:
            return rows.order_by("-id")
        return rows.order_by(F(self.time_field).desc(nulls_first=True), "-id")

    def write_cursor(self, row: Model) -> str:
        """Where the next page begins: signed, so that nobody comes to rely on what is inside."""
        when = getattr(row, self.time_field) if self.time_field else None
        place = [when.isoformat() if when else None, row.pk]
        return signing.dumps(place, salt=self._salt)

    def rows_after(self, cursor: str) -> Q:
        """The rows behind a cursor; raises ValidationError for one that is not ours."""
        try:
            when, key = signing.loads(cursor, salt=self._salt)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError({"cursor": ["This cursor is not valid."]}) from error
        lower = Q(pk__lt=key)
        if not self.time_field:
            return lower
        if when is None:
            return Q(**{self.time_field: None}) & lower | Q(**{f"{self.time_field}__isnull": False})
        time = datetime.fromisoformat(when)
        earlier = Q(**{f"{self.time_field}__lt": time})
        return Q(**{f"{self.time_field}__lte": time}) & (earlier | lower)

    @property
    def _salt(self) -> str:
        return f"api.cursor.{self.name}"


class KeysetPagination(BasePagination):
    """`{"results": […], "next": url or null}`; the view names its `keyset`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit = read_limit(request)
        keyset: Keyset = view.keyset
        rows = keyset.order(queryset)
        if cursor := request.query_params.get("cursor"):
            rows = rows.filter(keyset.rows_after(cursor))
        found = list(rows[: limit + 1])
        page = found[:limit]
        self.next: str | None = None
        if len(found) > limit:
            here = request.build_absolute_uri()
            self.next = replace_query_param(here, "cursor", keyset.write_cursor(page[-1]))
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "Where the next page is; null on the last one.",
        }
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": following},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", "The `cursor` of a `next` address, as it is.", {"type": "string"}),
            _parameter(
                "limit",
                f"Rows of a page, {DEFAULT_LIMIT} unless told; more than {MOST} count as {MOST}.",
                {"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT},
            ),
        ]


def read_limit(request: Request) -> int:
    """The page size asked for; raises ValidationError for what is no size."""
    asked = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (asked.isascii() and asked.isdigit() and int(asked[:9]) > 0):
        raise ValidationError({"limit": [f"A whole number from 1 to {MOST} is wanted."]})
    return min(int(asked[:9]), MOST)


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
