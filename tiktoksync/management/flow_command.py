"""The shape of a flow's command: one pass of that flow in the foreground, for every account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tiktoksync.lib.timing import database_now
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.lanes import Lane, drain, flow_class

FOREGROUND_SECONDS = 3600.0


def drain_all(stem: str, accounts: list[int] | None = None) -> int:
    """Drain this flow's lanes in this process; returns how many rows or orders were worked."""
    chosen = list(flow_class(stem).all_accounts()) if accounts is None else accounts
    budget = FOREGROUND_SECONDS
    return sum(drain(Lane(stem, account), Budget(seconds=budget)).worked for account in chosen)


def drain_due(stem: str) -> int:
    """Drain those lanes of this flow that have something to do now."""
    return drain_all(stem, list(flow_class(stem).due_accounts(database_now())))


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
        worked = drain_all(self.stem, options["account"])
        self.stdout.write(f"{self.stem}: {worked} worked")
