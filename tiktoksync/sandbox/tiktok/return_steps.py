"""Every step a return can take: by the seller's decision, or by hand from outside."""

from __future__ import annotations

from collections.abc import Callable

from tiktoksync.sandbox.tiktok import returns
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove
from tiktoksync.sandbox.tiktok.returns import (
    BUYER_SHIPPED,
    BUYER_SHIPS,
    CANCELLED,
    OFFERED,
    PARCEL_REJECTED,
    PENDING,
    REJECTED,
    SUCCESS,
    Return,
)
from tiktoksync.sandbox.tiktok.state import Order, TikTokState

OPEN = (PENDING, BUYER_SHIPS, BUYER_SHIPPED, OFFERED)
Step = Callable[[TikTokState, Return, str], Order | None]


def advance(state: TikTokState, row: Return, to: str, by: str = "SYSTEM") -> Order | None:
    """Move a return along by hand; gives the new order of a replacement or an exchange."""
    steps: dict[str, Step] = {
        "approve": approve, "ship": ship, "receive": receive, "refund": refund,
        "complete": complete, "reject": reject, "cancel": cancel,
    }  # fmt: skip
    if to not in steps:
        raise WrongMove(f"unknown step {to}: one of {', '.join(steps)}")
    return steps[to](state, row, by)


def _require(row: Return, *wanted: str) -> None:
    if row["return_status"] not in wanted:
        raise WrongMove(f"the return is {row['return_status']}, not {' or '.join(wanted)}")


def _pending(row: Return) -> str:
    kind = row["return_type"]
    return f"{kind}_REQUEST_PENDING" if kind in returns.NEW_GOODS else PENDING


def approve(state: TikTokState, row: Return, by: str) -> Order | None:
    """Agree to what was asked for; an offer of the seller is agreed to by the buyer."""
    kind = row["return_type"]
    if row["return_status"] == OFFERED:
        returns.grant(state, row, "BUYER")
        return None
    _require(row, _pending(row))
    if kind in returns.NEW_GOODS:
        return returns.send_new_goods(state, row, by)
    if kind == "REFUND":
        returns.grant(state, row, by)
    else:
        returns.move(state, row, BUYER_SHIPS, by)
    return None


def ship(state: TikTokState, row: Return, by: str) -> None:
    """The buyer hands the parcel over."""
    _require(row, BUYER_SHIPS)
    row.update(
        return_tracking_number=state.new_id("8500"),
        return_provider_id="6841743441349706241",
        return_provider_name="J&T Express",
    )
    returns.move(state, row, BUYER_SHIPPED, "BUYER")


def receive(state: TikTokState, row: Return, by: str) -> None:
    """The parcel is back and found good."""
    _require(row, BUYER_SHIPPED)
    returns.grant(state, row, by)


def refund(state: TikTokState, row: Return, by: str) -> None:
    """Give the money back without waiting for goods; agreed to already, nothing changes."""
    if row["return_type"] in returns.NEW_GOODS:
        _require(row, _pending(row))
        returns.refund_instead(state, row, by)
    else:
        _require(row, *OPEN, SUCCESS)
        if row["return_status"] != SUCCESS:
            returns.grant(state, row, by)


def complete(state: TikTokState, row: Return, by: str) -> None:
    """The money has arrived."""
    _require(row, SUCCESS)
    returns.finish(state, row, by)


def reject(state: TikTokState, row: Return, by: str) -> None:
    """Say no; a buyer who refuses an offer is back at the own request."""
    kind = row["return_type"]
    if row["return_status"] == OFFERED:
        returns.move(state, row, PENDING, "BUYER")
    elif row["return_status"] == BUYER_SHIPPED:
        returns.move(state, row, PARCEL_REJECTED, by)
    elif kind == "EXCHANGE":
        # Exchanges know no rejected status; one that is turned down is cancelled.
        cancel(state, row, by)
    else:
        _require(row, _pending(row))
        rejected = "REPLACEMENT_REQUEST_REJECT" if kind == "REPLACEMENT" else REJECTED
        returns.move(state, row, rejected, by)


def cancel(state: TikTokState, row: Return, by: str) -> None:
    """The buyer gives up, as long as nothing has been decided for good."""
    kind = row["return_type"]
    _require(row, *([_pending(row)] if kind in returns.NEW_GOODS else OPEN))
    ended = f"{kind}_REQUEST_CANCEL" if kind in returns.NEW_GOODS else CANCELLED
    returns.move(state, row, ended, "BUYER" if by == "SYSTEM" else by)
