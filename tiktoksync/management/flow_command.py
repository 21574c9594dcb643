"""The shape of a flow's command: one pass of that flow in the foreground, for every account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tiktoksync.lib.timing import database_now
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.lanes import Lane, flow_class, work

FOREGROUND_SECONDS = 3600.0


def drain_all(stem: str, accounts: list[int] | None = None) -> Drained:
    """Drain this flow's lanes in this process; returns what was done, and the bugs met."""
    chosen = list(flow_class(stem).all_accounts()) if accounts is None else accounts
    total = Drained()
    for account in chosen:
        drained = work(Lane(stem, account), Budget(seconds=FOREGROUND_SECONDS))
        total.worked += drained.worked
        total.bugs += drained.bugs
    return total


def drain_due(stem: str) -> Drained:
    """Drain those lanes of this flow that have something to do now."""
    return drain_all(stem, list(flow_class(stem).due_accounts(database_now())))


def raise_first(bugs: Iterable[Exception]) -> None:
    """Tell of a bug of ours, once everything else is done."""
    for bug in bugs:
        raise bug


class FlowCommand(BaseCommand):
    """Works one flow's lanes in the foreground."""

    stem = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--account",
            type=int,
            action="append",
            help="Only this account (its row id); may be given more than once.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drained = drain_all(self.stem, options["account"])
        self.stdout.write(f"{self.stem}: {drained.worked} worked")
        raise_first(drained.bugs)
