"""An outbound flow without a vendor: it creates things somewhere, one for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from orders.models import Order
from tiktoksync.errors import SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import SyncStatus

STEM = "fake_flow"


class Remote:
    """What exists over there: the ids made for each key."""

    def __init__(self) -> None:
        self.made: dict[str, list[str]] = {}
        self.calls: list[tuple[str, str]] = []
        self.faults: list[tuple[str, Exception, bool]] = []
        self.hook: Callable[[], None] | None = None
        self.numbers = count(1)

    def fail(self, step: str, error: Exception, *, after_effect: bool = False) -> None:
        """The next call of a step ends with this error."""
        self.faults.append((step, error, after_effect))

    def call(self, step: str, key: str) -> Answer[str]:
        """Create (always anew) or look up (the first that was made)."""
        self.calls.append((step, key))
        fault = next((one for one in self.faults if one[0] == step), None)
        if fault is not None:
            self.faults.remove(fault)
            if not fault[2]:
                raise fault[1]
        if step == "create":
            self.made.setdefault(key, []).append(f"remote-{next(self.numbers)}")
            made = self.made[key][-1]
        else:
            made = self.made.get(key, [""])[0]
        hook, self.hook = self.hook, None
        if hook is not None:
            hook()
        if fault is not None:
            raise fault[1]
        return Answer(made, f"request-{len(self.calls)}", 0.01)


REMOTE = Remote()


class FakeFlow(OutboundFlow):
    """Creates one remote thing for each order of a shop, and looks first when in doubt."""

    stem = STEM
    model = Order
    account: TikTokShop
    account_of_row = "shop"
    order_by = ("tiktok_order_id",)

    def __init__(self, account: TikTokShop) -> None:
        super().__init__(account)
        self.came_late: list[str] = []

    @classmethod
    def load(cls, account_id: int) -> FakeFlow | None:
        shop = TikTokShop.objects.filter(pk=account_id).first()
        return cls(shop) if shop else None

    @classmethod
    def all_accounts(cls) -> list[int]:
        return list(TikTokShop.objects.values_list("pk", flat=True))

    def plan(self, rows: Sequence[Order], now: datetime) -> list[Task]:
        tasks = []
        for order in rows:
            step = "look_up" if order.in_doubt_since else "create"
            call = partial(REMOTE.call, step, order.tiktok_order_id)
            tasks.append(Task(step, call, (order,)))
        return tasks

    def remote_id(self, answer: Answer[Any]) -> str:
        return str(answer.data)

    def record(self, rows: Any, task: Task, answer: Answer[Any], attempts: Any) -> None:
        order = rows[0]
        attempt = attempts[order.pk]
        if answer.data:
            statuses.move(
                order, SyncStatus.SYNCED, attempt=attempt, shopify_order_id=str(answer.data)
            )
        else:
            statuses.move(order, SyncStatus.PENDING, attempt=attempt, in_doubt_since=None)

    def late(self, rows: Any, task: Task, answer: Answer[Any]) -> None:
        self.came_late.append(str(answer.data))


class Broken(Exception):
    """Not one of the typed errors: a bug of ours."""


def typed(error: type[SyncError], **how: Any) -> SyncError:
    """An error as a client raises it."""
    return error("It did not work.", code="E1", request_id="their-id", **how)
