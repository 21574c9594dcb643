"""A bucket of points that several callers draw from, while the platform tells now and then how full
it is. Pure arithmetic over a clock that is handed in; `bucket.lua` does the same inside Redis.

What the platform last told is `available` as of `at`; it refills at `rate` up to `maximum`. Points
of calls under way are `held` and never available to others: the platform may not have charged them
yet. A call that has to wait stands in a queue, so that many small calls cannot starve a large one;
bulk calls queue behind urgent ones that come within their patience, and leave a share untouched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

#: A call that is never settled (its process was killed) holds its points for so many seconds.
LAPSE_SECONDS = 30.0
#: Somebody who waits and does not ask again within this time has gone away.
QUEUE_SECONDS = 3.0
#: Bulk calls stand behind urgent ones that come up to so much later, and leave this share free.
BULK_PATIENCE_SECONDS = 5.0
BULK_SHARE = 0.1
#: Others draw from the same bucket without telling us: so many points are left for them. Each
#: refusal adds as many again, up to a share of the bucket; they are given back this fast.
SPARE_POINTS = 25.0
MOST_SPARE_SHARE = 0.2
SPARE_DECAY = 0.2
#: How long what was told is believed to refill while calls are under way and say nothing new.
STALE_SECONDS = 2.0
#: A limit that nobody publishes: each refusal halves it, it comes back over ten minutes.
SMALLEST_FACTOR = 0.02
RECOVERY_SECONDS = 600.0
#: One call at a time, until the first answer tells of a bucket.
PROBE_SECONDS = 0.05
MOST_SHAPES = 200

CONSTANTS = {
    name: value
    for name, value in dict(globals()).items()
    if name.isupper() and isinstance(value, float | int)
}


class Ask(TypedDict):
    """A call that wants to leave. `rate` and `maximum` are a limit of our own, 0 if the platform
    tells; `seed` is what is remembered: available, rate, maximum, seconds ago.
    """

    id: str
    shape: str
    guess: float
    urgent: bool
    look: bool
    rate: float
    maximum: float
    seed: tuple[float, float, float, float] | None


class Report(TypedDict):
    """A call that came back. `told`: requested, actual or None, available, maximum, rate."""

    id: str
    shape: str
    told: tuple[float, float | None, float, float, float] | None
    refused: bool
    wait: float


class Reply(TypedDict):
    """`free` is what this caller may draw now; `points` what one call of the shape costs.

    `paused` says that the whole account waits, not only this call.
    """

    granted: bool
    wait: float
    paused: bool
    free: float
    points: float
    metered: bool


@dataclass(slots=True)
class Held:
    """Points of a call under way; `spent` is the bucket's sum when it left."""

    points: float
    lapses: float
    left_at: float
    spent: float


@dataclass(slots=True)
class Waiter:
    """A call in the queue."""

    due: float
    turn: int
    points: float
    lapses: float


@dataclass(slots=True)
class Bucket:
    """The state, and what may happen to it. Times are seconds of the caller's clock."""

    available: float = 0.0
    at: float = 0.0
    rate: float = 0.0
    maximum: float = 0.0
    spent: float = 0.0
    newest: float = 0.0
    spare: float = 0.0
    spare_at: float = 0.0
    factor: float = 1.0
    factor_at: float = 0.0
    probed: bool = False
    own: bool = False
    turns: int = 0
    held: dict[str, Held] = field(default_factory=dict)
    queue: dict[str, Waiter] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)

    # --- a call wants to leave -------------------------------------------------------------------

    def reserve(self, ask: Ask, now: float, paused: float = 0.0) -> Reply:
        """Hold the points of a call, or say how long to wait; `paused` is the account's pause."""
        self._tidy(now)
        self._learn_limit(ask, now)
        points = self.costs.get(ask["shape"], ask["guess"])
        if self.rate <= 0:
            return self._probe(ask, points, now, paused)
        points = min(points, self.maximum)
        due, turn = self._place(ask, now)
        ahead = sum(
            other.points for other in self.queue.values() if (other.due, other.turn) < (due, turn)
        )
        left_free = self._left_free(ask, points, now, due)
        free = self._now_available(now) - self._under_way() - ahead - left_free
        granted = free >= points and paused <= 0
        wait = 0.0 if granted else max(paused, (points - free) / self.rate, 0.001)
        if not ask["look"]:
            self._note(ask["id"], points, now, (due, turn), granted)
        return Reply(
            granted=granted, wait=wait, paused=paused > 0, free=free, points=points, metered=True
        )

    def _probe(self, ask: Ask, points: float, now: float, paused: float) -> Reply:
        """Nobody has told of a bucket: one call goes ahead and asks."""
        granted = paused <= 0 and (self.probed or not self.held)
        if granted and not ask["look"]:
            self._note(ask["id"], points, now, (now, 0), granted)
        wait = 0.0 if granted else max(paused, PROBE_SECONDS)
        return Reply(
            granted=granted, wait=wait, paused=paused > 0, free=0.0, points=points, metered=False
        )

    def _place(self, ask: Ask, now: float) -> tuple[float, int]:
        """Where the caller stands in the queue: where it stood, or behind all who came before."""
        waiting = self.queue.get(ask["id"])
        if waiting is not None:
            return waiting.due, waiting.turn
        self.turns += 1
        return now + (0.0 if ask["urgent"] else BULK_PATIENCE_SECONDS), self.turns

    def _note(
        self, key: str, points: float, now: float, place: tuple[float, int], granted: bool
    ) -> None:
        if granted:
            self.queue.pop(key, None)
            self.held[key] = Held(points, now + LAPSE_SECONDS, now, self.spent)
        else:
            self.queue[key] = Waiter(*place, points, now + QUEUE_SECONDS)

    def _learn_limit(self, ask: Ask, now: float) -> None:
        """A limit of our own, as far as refusals left it; or the memory of what was told."""
        self.own = ask["rate"] > 0
        if self.own:
            factor = self._factor(now)
            if self.at <= 0:
                self.available, self.at = ask["maximum"] * factor, now
            self.rate = ask["rate"] * factor
            self.maximum = max(1.0, ask["maximum"] * factor)
        elif self.rate <= 0 and ask["seed"] is not None:
            self.available, self.rate, self.maximum, age = ask["seed"]
            self.at = now - age

    def _left_free(self, ask: Ask, points: float, now: float, due: float) -> float:
        """Points that this caller must not touch."""
        spare = 0.0
        if not self.own:
            most = self.maximum * MOST_SPARE_SHARE
            spare = min(SPARE_POINTS + self._spare(now), most)
        if not ask["urgent"] and now < due:
            spare += self.maximum * BULK_SHARE
        return min(spare, self.maximum - points)

    # --- a call came back ------------------------------------------------------------------------

    def settle(self, report: Report, now: float) -> None:
        """Give back what a call held, charge what it cost, and believe what the platform told."""
        self._tidy(now)
        held = self.held.pop(report["id"], None)
        self.queue.pop(report["id"], None)
        told = report["told"]
        charge = held.points if held else 0.0
        if report["refused"]:
            charge = 0.0
        elif told and told[1] is not None:
            charge = told[1]
        before = self._now_available(now)
        if told and told[4] > 0:
            self._believe(report, told, held, before - charge, now)
        else:
            self.available, self.at = before - charge, now
        self.spent += charge
        self.probed = self.probed or held is not None
        if report["refused"]:
            self._slow_down(report, held, now)

    def _believe(
        self,
        report: Report,
        told: tuple[float, float | None, float, float, float],
        held: Held | None,
        expected: float,
        now: float,
    ) -> None:
        """Take over the platform's figure, less what it may not have known when it was written.

        Every call of ours that was charged after the figure is still held, or was settled while
        this one was under way. An older figure than the newest one never raises what is available.
        """
        requested, _, available, self.maximum, self.rate = told
        if requested > 0 and (report["shape"] in self.costs or len(self.costs) < MOST_SHAPES):
            self.costs[report["shape"]] = min(requested, self.maximum)
        if held is None:
            self.available = min(expected, available)
        elif held.left_at >= self.newest:
            self.available = available - (self.spent - held.spent)
            self.newest = held.left_at
        else:
            self.available = min(expected, available - (self.spent - held.spent))
        self.at = now

    def _slow_down(self, report: Report, held: Held | None, now: float) -> None:
        """A refusal: leave more to others, or take the limit for smaller than it was thought."""
        if report["told"] is not None:
            most = self.maximum * MOST_SPARE_SHARE
            self.spare = min(self._spare(now) + SPARE_POINTS, most)
            self.spare_at = now
            return
        # Calls that were under way together say no more than the first of them.
        if held is None or held.left_at >= self.factor_at:
            self.factor = max(SMALLEST_FACTOR, self._factor(now) / 2)
            self.factor_at = now + report["wait"]
        self.available = min(self.available, 0.0)
        self.at = max(self.at, now + report["wait"])

    # --- the figures -----------------------------------------------------------------------------

    def _now_available(self, now: float) -> float:
        elapsed = max(0.0, now - self.at)
        if self.held and not self.own:
            elapsed = min(elapsed, STALE_SECONDS)
        return min(self.maximum, self.available + elapsed * self.rate)

    def _under_way(self) -> float:
        return sum(one.points for one in self.held.values())

    def _spare(self, now: float) -> float:
        return max(0.0, self.spare - (now - self.spare_at) * SPARE_DECAY)

    def _factor(self, now: float) -> float:
        return min(1.0, self.factor + max(0.0, now - self.factor_at) / RECOVERY_SECONDS)

    def _tidy(self, now: float) -> None:
        """Forget callers that went away; what they held counts as spent, until we are told."""
        for key in [key for key, one in self.held.items() if one.lapses <= now]:
            lapsed = self.held.pop(key)
            self.available -= lapsed.points
            self.spent += lapsed.points
        for key in [key for key, one in self.queue.items() if one.lapses <= now]:
            del self.queue[key]
