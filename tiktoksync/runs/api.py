"""Runs for programs: look, start, cancel, try again."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tiktoksync.api.errors import Conflict
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView
from tiktoksync.runs.models import Run
from tiktoksync.runs.serializers import RunSerializer
from tiktoksync.runs.services import runs

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
