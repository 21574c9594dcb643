"""All rooms of a furnished installation, in the order in which they need each other."""

from __future__ import annotations

from bench.furnish.catalogue import stock_shelves
from bench.furnish.orders import take_orders
from bench.furnish.people import Desk, hire
from bench.furnish.words import leave_words
from bench.furnish.work import leave_traces


def furnish(orders: int, seed: int = 7) -> Desk:
    """A merchant with its people and catalogue, so many orders and what came with them."""
    desk = hire()
    goods = stock_shelves(desk)
    take_orders(desk, goods, orders, seed)
    if orders:
        leave_traces(desk)
        leave_words(desk)
    _open_next_door()
    return desk


def _open_next_door() -> None:
    """Another merchant on the same installation, whose people are strangers to the first."""
    hire("Borealis Books", (("boris", "owner"),))
