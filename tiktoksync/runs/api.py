"""Runs for programs: look, start, cancel, try again."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tiktoksync.api.errors import Conflict
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView
from tiktoksync.runs.download import download_items
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.serializers import RunItemSerializer, RunSerializer
from tiktoksync.runs.services import runs

STATE = OpenApiParameter("state", str, enum=RunItem.State.values, description="Only these.")
CAUSE = OpenApiParameter("cause", str, description="Only those counted under this cause.")
REFUSED = OpenApiResponse(RefusalSerializer, "Not in this state; the message says why.")


@extend_schema_view(
    list=extend_schema(summary="Runs, newest first"),
    retrieve=extend_schema(summary="One run and how far it is"),
)
class RunViewSet(ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Run]):
    """The merchant's long jobs."""

    queryset = Run.objects.none()
    serializer_class = RunSerializer
    lookup_value_regex = "[0-9]{1,18}"
    keyset = Keyset("runs")

    def get_queryset(self) -> QuerySet[Run]:
        """The merchant's own runs."""
        if self.is_described:
            return Run.objects.none()
        return Run.objects.filter(merchant=self.merchant).select_related("shop")

    @extend_schema(
        operation_id="runs_start",
        summary="Do what the preview shows",
        request=None,
        responses={202: RunSerializer, 409: REFUSED},
    )
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Starts a run that is ready."""
        return self._act(pk, runs.start_run)

    @extend_schema(
        operation_id="runs_cancel",
        summary="Stop a run",
        request=None,
        responses={202: RunSerializer, 409: REFUSED},
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stops a run between two steps; what is done stays."""
        return self._act(pk, runs.cancel_run)

    @extend_schema(
        operation_id="runs_retry",
        summary="Try again what failed",
        request=None,
        responses={202: RunSerializer, 409: REFUSED},
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Takes up what failed, or was not reached."""
        return self._act(pk, runs.retry_run)

    def _act(self, pk: str, act: Callable[[Run], Run]) -> Response:
        run = get_object_or_404(self.get_queryset(), pk=pk)
        try:
            act(run)
        except runs.RunConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED)


class RunItems(ApiView):
    """What lists the items of one run of the merchant."""

    def _run(self, pk: str) -> Run:
        # No longer number is an id of ours, and none fits into the database.
        known = Run.objects.filter(merchant=self.merchant) if len(pk) <= 18 else Run.objects.none()
        return get_object_or_404(known, pk=pk)

    def _state(self, request: Request) -> str:
        state = request.query_params.get("state", "")
        if state and state not in RunItem.State.values:
            raise ValidationError({"state": f"One of {', '.join(RunItem.State.values)} is wanted."})
        return state


class RunItemList(RunItems, GenericAPIView[RunItem]):
    """The things of a run, and what came of each."""

    queryset = RunItem.objects.none()
    serializer_class = RunItemSerializer
    keyset = Keyset("run-items")

    @extend_schema(
        operation_id="runs_items_list",
        summary="The things of a run, newest first",
        parameters=[STATE, CAUSE],
        responses=RunItemSerializer(many=True),
    )
    def get(self, request: Request, pk: str) -> Response:
        """Narrowed to a state or a cause if asked."""
        items = RunItem.objects.filter(run=self._run(pk))
        if state := self._state(request):
            items = items.filter(state=state)
        if cause := request.query_params.get("cause", "").replace("\0", ""):
            items = items.filter(cause=cause)
        page = self.paginate_queryset(items)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Csv(BaseRenderer):
    """Says that CSV may be asked for; the view writes it by itself."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        """What is refused stays JSON."""
        return JSONRenderer().render(data, *args, **kwargs)


class RunDownload(RunItems):
    """The items of a run as a file."""

    renderer_classes = [JSONRenderer, Csv]

    @extend_schema(
        operation_id="runs_download",
        summary="The items of a run as CSV",
        parameters=[STATE],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, pk: str) -> StreamingHttpResponse:
        """All of them, or those in one state: `state=failed` for what failed."""
        run, state = self._run(pk), self._state(request)
        return download_items(run, *([state] if state else []))
