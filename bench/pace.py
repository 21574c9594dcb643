"""How much of a store's points a backlog uses, and how often it is refused.

Real workers and cron push a backlog to a Shopify store, while another process of the same app
spends 30 % of what the store's bucket restores without telling anybody. The sandbox's request log
counts. Used is what both spent, of what the bucket offered from our first call to our last.

Then 429 with `Retry-After` meets the same workers: no call may leave before the told time.
"""

from __future__ import annotations

import os
from typing import Any

from bench.harness import (
    ROOT,
    STORE,
    TOKEN,
    Installation,
    await_that,
    installation,
    print_table,
    write_results,
)

ORDERS = int(os.environ.get("BENCH_ORDERS", "500"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
WORKERS = 2
OTHERS = 0.3
LEAST_USED, MOST_REFUSED = 0.95, 0.01
SCENES = (
    {"maximum": 2000, "restore_rate": 100, "latency": 0},
    {"maximum": 2000, "restore_rate": 100, "latency": 100},
    {"maximum": 1000, "restore_rate": 50, "latency": 100},
)
RETRY_AFTER = 4
HEAD = ["bucket", "ms", "run", "seconds", "offered", "ours", "others'", "used %", "calls"]
HEAD += ["refused", "refused %"]


def main() -> bool:
    """Measure, tell, and say whether the targets were met."""
    results, rows = [], []
    for scene in SCENES:
        for run in range(1, RUNS + 1):
            result = measure(scene, run)
            results.append(result)
            rows.append(row_of(result))
            print_table(HEAD, rows[-1:])
    paused = measure_pause()
    print(
        f"\n{ORDERS} orders, {WORKERS} workers, others take {OTHERS:.0%} of the restored points\n"
    )
    print_table(HEAD, rows)
    used = min(one["used"] for one in results)
    refused = max(one["refused"] / one["calls"] for one in results)
    print(f"\nleast used {used:.1%}, most refused {refused:.2%}")
    print(
        f"after 429 with Retry-After {RETRY_AFTER}: {paused['calls_too_early']} calls too early, "
        f"the next one after {paused['next_call_after']} s"
    )
    print(write_results("pace", {"backlog": results, "pause": paused}).relative_to(ROOT))
    kept = paused["calls_too_early"] == 0
    return used >= LEAST_USED and refused < MOST_REFUSED and kept


def row_of(one: dict[str, Any]) -> list[Any]:
    return [
        f"{one['maximum']}/{one['restore_rate']}",
        one["latency"],
        one["run"],
        f"{one['seconds']:.1f}",
        f"{one['offered']:.0f}",
        f"{one['ours']:.0f}",
        f"{one['others']:.0f}",
        f"{one['used'] * 100:.1f}",
        one["calls"],
        one["refused"],
        f"{one['refused'] / one['calls'] * 100:.2f}",
    ]


def measure(scene: dict[str, int], run: int) -> dict[str, Any]:
    """One backlog from the first call to the last order."""
    with installation() as world:
        world.waiting_orders(ORDERS)
        size = {name: scene[name] for name in ("maximum", "restore_rate")}
        world.control("POST", "config", {"bucket": size})
        be_slow(world, scene["latency"])
        world.begin_workers(WORKERS)
        await_that("the first order", lambda: created(world) > 0, 0.02)
        begin_others(world, scene["restore_rate"] * OTHERS, run)
        await_that("the last order", lambda: created(world) >= ORDERS)
        world.end()
        entries = world.control("GET", "log?platform=shopify")["entries"]
    return {"run": run, **scene, **figures(entries, **size)}


def figures(entries: list[dict[str, Any]], maximum: int, restore_rate: int) -> dict[str, Any]:
    """What the log says of the time from our first call to our last order."""
    orders = [one for one in entries if one["operation"] == "orderCreate" and one["code"] == "ok"]
    began = min(began_at(one) for one in entries)
    ended = orders[-1]["at"]
    within = [one for one in entries if one["at"] <= ended]
    ours = [one for one in within if not is_other(one)]
    others = [one for one in within if is_other(one)]
    offered = maximum + restore_rate * (ended - began)
    spent = [sum(one["cost"] or 0 for one in side) for side in (ours, others)]
    return {
        "seconds": ended - began,
        "offered": offered,
        "ours": spent[0],
        "others": spent[1],
        "used": sum(spent) / offered,
        "calls": len(ours),
        "refused": sum(is_refused(one) for one in ours),
        "others_refused": sum(is_refused(one) for one in others),
    }


def measure_pause() -> dict[str, Any]:
    """One 429 in the middle of a backlog: what left before the told time was over."""
    with installation() as world:
        world.waiting_orders(200)
        be_slow(world, 50)
        rule = {"action": "throttle", "status": 429, "retry_after": RETRY_AFTER}
        match = {"platform": "shopify", "operation": "orderCreate"}
        world.control("POST", "faults", {**rule, "match": match, "times": 1, "skip": 60})
        world.begin_workers(WORKERS)
        await_that("the last order", lambda: created(world) >= 200)
        world.end()
        entries = world.control("GET", "log?platform=shopify")["entries"]
    (refusal,) = [one for one in entries if one["fault"] == "throttle"]
    # Calls that were under way together with the refused one left before anybody knew.
    known = refusal["at"] + 0.025
    later = [began_at(one) - refusal["at"] for one in entries if began_at(one) > known]
    return {
        "retry_after": RETRY_AFTER,
        "calls_too_early": sum(after < RETRY_AFTER for after in later),
        "next_call_after": round(min(later), 3),
        "calls_in_the_second_after_it": sum(after < RETRY_AFTER + 1 for after in later),
    }


def be_slow(world: Installation, milliseconds: int) -> None:
    if milliseconds:
        rule = {"action": "latency", "ms": milliseconds, "match": {"platform": "shopify"}}
        world.control("POST", "faults", rule)


def begin_others(world: Installation, points: float, seed: int) -> None:
    url = f"{world.url}/shopify/{STORE}/admin/api/2026-10/graphql.json"
    world.begin("-m", "bench.other_app", url, TOKEN, str(points), str(seed), cwd=ROOT)


def created(world: Installation) -> int:
    """Orders that exist in the store."""
    (store,) = [one for one in world.control("GET", "state")["shopify"] if one["domain"] == STORE]
    return int(store["orders"])


def began_at(entry: dict[str, Any]) -> float:
    return float(entry["at"]) - float(entry["duration_ms"]) / 1000


def is_other(entry: dict[str, Any]) -> bool:
    return str(entry["operation"]).startswith("shop")


def is_refused(entry: dict[str, Any]) -> bool:
    return entry["code"] == "THROTTLED" or entry["status"] == 429
