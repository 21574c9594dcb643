"""push_listing_states: listings of one shop go on or off sale, up to twenty in one call.

TikTok refuses to switch what is switched already. So after an unclear answer, and after such a
refusal, the listing is looked at first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from products.models import Listing, ListingTask
from products.services.listing_task_flow import (
    WRONG_STATE,
    ListingTaskFlow,
    is_called_off,
    is_gone,
    leave_out,
    note_refused,
    note_told,
    want_details,
)
from products.services.push_listing_states_rules import (
    ACTIVE,
    INACTIVE,
    OFF_SALE,
    ON_SALE,
    State,
)
from products.services.rules import product_rules
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import (
    concerns_account,
    confirm_refusal,
    look_after_refusal,
    was_refused,
)

BATCH = 20
ALONE, LOOK = "alone", "look"
NOT_YET = "TikTok does not show it so: it is told once more."
#: What a listing is before and after it is switched.
BEFORE = {State.ACTIVE.value: OFF_SALE, State.INACTIVE.value: ON_SALE}
AFTER = {State.ACTIVE.value: ON_SALE, State.INACTIVE.value: OFF_SALE}
WORDS = {State.ACTIVE.value: "It is on sale.", State.INACTIVE.value: "It is off sale."}


class PushListingStates(ListingTaskFlow):
    """Puts listings on or off sale on TikTok."""

    stem = "push_listing_states"
    kind = ListingTask.Kind.STATE
    batch = BATCH

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[ListingTask], now: datetime) -> list[Task]:
        by_rule = product_rules(self.account).auto_deactivate
        open_ = [row for row in rows if not _leave_out(row, by_rule=by_rule)]
        client = tiktok_client(self.account) if open_ else None
        doubtful = [row for row in open_ if row.in_doubt_since is not None]
        clear = [row for row in open_ if row.in_doubt_since is None]
        groups = [group for state in BEFORE for group in _together(clear, state)]
        groups += [[row] for row in clear if row.wait_reason == ALONE]
        looks = [_look(client, row) for row in doubtful]
        return looks + [_switch(client, group) for group in groups]

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[ListingTask],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        # What it is now, TikTok says: putting on sale may start a review.
        want_details(self.account, [row.listing_id for row in rows])
        for row in rows:
            if task.step == LOOK:
                _note_seen(row, str(answer.data.get("status") or ""), attempts[row.pk])
            elif error := answer.data.get(row.listing.tiktok_product_id):
                self._refuse(row, error, attempts[row.pk])
            else:
                note_told(row, attempts[row.pk], WORDS[task.step])

    def _refuse(self, row: ListingTask, error: SyncError, attempt: Attempt) -> None:
        if error.code in WRONG_STATE and not row.asked_again:
            look_after_refusal(row, error, attempt)
        else:
            until = self.note_failure(error) if concerns_account(error) else None
            note_refused(row, error, attempt, until)

    def refused(
        self,
        row: ListingTask,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        is_final = isinstance(error, PermanentError) and not error.pauses_account
        if is_final and len(task.rows) > 1:
            # One of them spoils the call: each is sent by itself, and that one is told.
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                wait_reason=ALONE,
            )
            return
        if is_final:
            want_details(self.account, [row.listing_id])
        if is_final and task.step != LOOK:
            self._refuse(row, error, attempt)
        else:
            note_refused(row, error, attempt, paused_until)


def state_cause(listing: Listing, wanted: str) -> str:
    """Why a listing is left as it is; empty if it is to be switched.

    While its details are about to be read again, nobody knows that it is right already.
    """
    is_known = listing.detail_wanted_at is None
    if is_gone(listing):
        return "listing_gone"
    if listing.status == AFTER[wanted]:
        return "already_right" if is_known else ""
    if listing.status != BEFORE[wanted]:
        return "state"
    return ""


def _leave_out(row: ListingTask, *, by_rule: bool) -> bool:
    cause = state_cause(row.listing, row.wanted_state)
    if row.in_doubt_since is not None:
        # It may have been switched: that is looked for, whatever is known here.
        cause = "listing_gone" if is_gone(row.listing) else ""
    elif not cause and is_called_off(row):
        cause = "cancelled"
    elif not cause and row.reason in (INACTIVE, ACTIVE) and not by_rule:
        cause = "rule_off"
    if cause:
        leave_out(row, cause)
    return bool(cause)


def _together(rows: Sequence[ListingTask], state: str) -> list[list[ListingTask]]:
    """Rows that go in one call."""
    same = [row for row in rows if row.wanted_state == state and row.wait_reason != ALONE]
    return [same[start : start + BATCH] for start in range(0, len(same), BATCH)]


def _look(client: Any, row: ListingTask) -> Task:
    return Task(LOOK, partial(client.get_product, row.listing.tiktok_product_id), (row,))


def _note_seen(row: ListingTask, status: str, attempt: Attempt) -> None:
    """What a look found: done already, refused with reason, or not done."""
    if status == AFTER[row.wanted_state]:
        note_told(row, attempt, WORDS[row.wanted_state])
    elif was_refused(row):
        confirm_refusal(row, attempt)
    else:
        statuses.move(row, SyncStatus.PENDING, attempt=attempt, reason=NOT_YET, in_doubt_since=None)


def _switch(client: Any, rows: Sequence[ListingTask]) -> Task:
    state = rows[0].wanted_state
    ids = [row.listing.tiktok_product_id for row in rows]
    is_on = state == State.ACTIVE.value
    send = client.activate_products if is_on else client.deactivate_products
    return Task(state, partial(send, ids), tuple(rows))
