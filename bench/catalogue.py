"""How long a store of 50,000 variants takes to be mirrored, and how much memory that needs.

The sandbox is filled with products; then `pull_variants` reads them with their stock by bulk
operations, in processes of their own whose largest resident size is asked of the kernel. The same
reading once more shows what an unchanged catalogue costs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.harness import ROOT, STORE, Installation, installation, print_table, write_results

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "12500"))
VARIANTS = 4
#: For the first reading: so long, and so much above a process that reads nothing.
MOST_SECONDS, MOST_MEGABYTES = 300.0, 60.0
ROUNDS = 40
HEAD = ["reading", "variants", "seconds", "peak MB", "above idle MB"]
ASK = """
import json, django; django.setup()
from products.models import Variant
from tiktoksync.shops.models import ShopifyStore
store = ShopifyStore.objects.get()
count = Variant.objects.filter(gone_at=None).count()
print(json.dumps([count, store.variants_wanted_at is None]))
"""
WISH = """
import django; django.setup()
from django.utils import timezone
from tiktoksync.shops.models import ShopifyStore
ShopifyStore.objects.update(variants_wanted_at=timezone.now())
"""


@dataclass(slots=True)
class Spent:
    """Seconds and the largest resident size, in megabytes, of one or several processes."""

    seconds: float = 0.0
    peak: float = 0.0

    def add(self, other: Spent) -> None:
        self.seconds += other.seconds
        self.peak = max(self.peak, other.peak)


def main() -> bool:
    """Measure, tell, and say whether the targets were met."""
    with installation() as world:
        world.control("POST", "config", {"bucket": {"maximum": 20000, "restore_rate": 1000}})
        wish = {"shop": STORE, "products": PRODUCTS, "variants": VARIANTS}
        world.control("POST", "shopify/fill", wish)
        idle = run(world, "manage.py", "pull_aftersales")
        results = [read(world, "first", idle.peak)]
        run(world, "-c", WISH)
        results.append(read(world, "unchanged", idle.peak))
    print_table(HEAD, [list(one.values()) for one in results])
    print(write_results("catalogue", results).relative_to(ROOT))
    first = results[0]
    is_whole = first["variants"] >= PRODUCTS * VARIANTS
    is_quick, is_small = first["seconds"] <= MOST_SECONDS, first["above"] <= MOST_MEGABYTES
    return bool(is_whole and is_quick and is_small)


def read(world: Installation, name: str, idle: float) -> dict[str, Any]:
    """Everything until the whole reading is over; waits for the sandbox are not counted."""
    spent = Spent()
    for _ in range(ROUNDS):
        spent.add(run(world, "manage.py", "pull_variants"))
        variants, is_over = ask(world)
        if is_over:
            return {
                "reading": name,
                "variants": variants,
                "seconds": round(spent.seconds, 1),
                "peak": round(spent.peak, 1),
                "above": round(spent.peak - idle, 1),
            }
        time.sleep(2.0)
    raise TimeoutError("the reading never ends")


def run(world: Installation, *arguments: str) -> Spent:
    """One process from its start to its end."""
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=world.root,
        env=settings_of(world),
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, arguments)
    # Linux counts in kilobytes, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Spent(time.monotonic() - began, used.ru_maxrss / unit)


def ask(world: Installation) -> tuple[int, bool]:
    """How many variants there are, and whether the reading is over."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=world.root,
        env=settings_of(world),
        check=True,
        capture_output=True,
        text=True,
    )
    count, is_over = json.loads(done.stdout)
    return count, is_over


def settings_of(world: Installation) -> dict[str, str]:
    return world.env | {"DJANGO_SETTINGS_MODULE": "tiktoksync.settings"}
