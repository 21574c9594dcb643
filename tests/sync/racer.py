"""A process that races another one: `python -m tests.sync.racer MODE ACCOUNT LOG`.

It says "ready", waits for a line, does its part at once, and writes what it did to the log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

from orders.models import Order
from tests.factories import order_body, pass_time
from tests.sync import fake_flow
from tests.sync.fake_flow import STEM, FakeFlow, Remote
from tiktoksync import cron
from tiktoksync.lib import queue
from tiktoksync.lib.answers import Answer
from tiktoksync.sync import leases
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.recovery import recover

ORDERS_A_PAGE = 30


class SharedRemote(Remote):
    """Writes each creation to a file that both racers append to."""

    def __init__(self, log: str) -> None:
        super().__init__()
        self.log = log

    def call(self, step: str, key: str) -> Answer[str]:
        note(self.log, f"{step} {key}")
        with open(self.log) as lines:
            is_there = f"create {key}\n" in lines
        return Answer(f"remote-{key}" if is_there else "", "r", 0.0)


def note(log: str, line: str) -> None:
    """Append a line in one piece."""
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def drain_rows(account: int, log: str) -> None:
    """Drain without regard to the lane's lease: only the claims keep the racers apart."""
    flow = FakeFlow.load(account)
    lease = leases.acquire(f"racer:{os.getpid()}")
    assert flow is not None
    assert lease is not None
    flow.run(lease, Budget())
    lease.release()


def heal_and_drain(account: int, log: str) -> None:
    """What the sweep and the next worker do once the leases of a dead one are over."""
    pass_time(61)
    recover(Order)
    for _ in range(3):
        drain_rows(account, log)


def drain_lane(account: int, log: str) -> None:
    """Drain as a worker does; busy lanes are left alone."""
    drained = drain(Lane(STEM, account))
    note(log, f"busy {drained.busy}")


def store_orders(account: int, log: str) -> None:
    """Store the same new page as the other racer."""
    from orders.services.store_orders import store_page
    from tiktoksync.shops.models import TikTokShop

    page = [order_body(str(number)) for number in range(ORDERS_A_PAGE)]
    shop = TikTokShop.objects.get(pk=account)
    stored = store_page(shop, page)
    note(log, f"new {stored.new} malformed {stored.malformed}")


def link_sku(account: int, log: str) -> None:
    """Link one SKU to the variant whose number is left in the environment."""
    from products.models import Link, Variant
    from products.services.links import LinkConflict, make_link
    from tiktoksync.shops.models import TikTokShop

    shop = TikTokShop.objects.select_related("store").get(pk=account)
    variant = Variant.objects.get(sku=os.environ["RACER_SKU"])
    try:
        make_link(shop, "29RED", variant, origin=Link.Origin.BY_HAND)
    except LinkConflict:
        note(log, "conflict")
    else:
        note(log, f"linked {variant.sku}")


MODES: dict[str, Callable[[int, str], None]] = {
    "rows": drain_rows,
    "heal": heal_and_drain,
    "lane": drain_lane,
    "store": store_orders,
    "link": link_sku,
}


def main(mode: str, account: str, log: str) -> None:
    cron.FLOWS[STEM] = cron.FlowEntry("tests.sync.fake_flow.FakeFlow")
    fake_flow.REMOTE = SharedRemote(log)
    queue.wake = lambda stem, account_id: None
    queue.forget_wake = lambda stem, account_id: None
    leases.acquire(f"warm:{os.getpid()}")  # connects before the race begins
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    MODES[mode](int(account), log)


if __name__ == "__main__":
    main(*sys.argv[1:])
