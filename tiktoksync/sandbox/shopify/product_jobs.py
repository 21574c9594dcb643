"""Work on products that runs in the background: created, active, complete."""

from __future__ import annotations

from collections.abc import Callable

from tiktoksync.sandbox.shopify.state import Context, Record, ShopifyState


def start(
    ctx: Context, kind: str, product: Record | None, work: Callable[[Record], None]
) -> Record:
    """A ``ProductOperation`` that does its work ``product_set_seconds`` later."""
    job: Record = {
        "__typename": kind,
        "id": ctx.state.numbers.gid(kind),
        "status": "CREATED",
        "product": product,
        "deletedProductId": None,
        "userErrors": [],
    }
    due = ctx.state.clock.line() + float(ctx.state.config.get("product_set_seconds", 0.0))
    ctx.state.product_jobs.append((due, ctx.store.add(job), lambda: work(job)))
    # The answer shows the beginning, whatever the clock says.
    return dict(job)


def settle(state: ShopifyState) -> None:
    """Move every job on; those whose time has come do their work."""
    if not state.product_jobs:
        return
    now, waiting = state.clock.line(), []
    for due, job, work in state.product_jobs:
        job["status"] = "ACTIVE"
        if due > now:
            waiting.append((due, job, work))
            continue
        work()
        job["status"] = "COMPLETE"
    state.product_jobs = waiting


def is_busy(state: ShopifyState, product: Record) -> bool:
    """Whether a job on this product is still under way."""
    return any(job["product"] is product for _, job, _ in state.product_jobs)
