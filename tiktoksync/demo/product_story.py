"""Tells what becomes of the products of one pair: uploaded, reviewed, imported, in a few lines."""

from collections.abc import Iterator, Sequence
from typing import Any

from tiktoksync.demo.app import App
from tiktoksync.demo.platforms import Platforms
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.web import NoAnswer, Refused
from tiktoksync.demo.world import Pair

Row = dict[str, Any]
UNLINKED: Row = {"filter": {"link": "unlinked"}}
RULES: Row = {"price_percent": 10, "price_rounding": "99"}
BUSY = ("preparing", "running")
OUTCOMES = (("done", ""), ("skipped", "left out: "), ("failed", "failed: "))
LIVE, REFUSED, UNDER_REVIEW = "ACTIVATE", "FAILED", "PENDING"
NAMED = 5
# Long enough to be seen under review, and to have one refused before it passes.
REVIEW_SECONDS = 20
OBJECTION = "REJECT-IMAGE"
# A look is a second: far longer than a review takes, also on a busy machine.
REVIEW_LOOKS = 180
# Causes that one line names.
CAUSES = 6


class ProductStory:
    """Sends the products on their way and follows them, a look at a time.

    The orders' story goes on beside it: no look waits for anything, and once all has been told
    nothing is asked any more.
    """

    def __init__(self, app: App, platforms: Platforms, teller: Teller, pair: Pair) -> None:
        self.app = app
        self.platforms = platforms
        self.teller = teller
        self.pair = pair
        self._looks = self._tell()

    def catch_up(self) -> None:
        """One look further; an app that refuses ends this story, not the demo."""
        try:
            next(self._looks, None)
        except (NoAnswer, Refused) as error:
            self._say(f"end here: {error}")

    def _tell(self) -> Iterator[None]:
        self.app.change_rules(self.pair.shop_id, **RULES)
        self.platforms.web.post("/config", {"review_seconds": REVIEW_SECONDS})
        known = {row["id"] for row in self._listings()}
        self._say("what is in Shopify alone goes to TikTok, 10 % dearer and up to …99")
        yield from self._follow("upload")
        self._refuse_one(known)
        self._say("what is on TikTok alone comes to Shopify, as drafts")
        yield from self._follow("import")
        yield from self._see_reviewed(known)
        self._say(f"all of them: {self.app.web.base_url}/products/, run by run: /activity/runs/")

    def _follow(self, what: str) -> Iterator[None]:
        """Begin a run and tell its end."""
        run = self.app.begin(what, self.pair.shop_id, **UNLINKED)
        while run["status"] in BUSY:
            yield
            run = self.app.run(run["id"])
        for line in outcome_of(run):
            self._say(f"{what}: {line}")

    def _refuse_one(self, known: set[str]) -> None:
        """A reviewer finds a fault in a new listing, so that a refusal is seen as well."""
        there = self.platforms.listings(self.pair.shop_id)
        new = [row for row in there if row["id"] not in known]
        waiting = [row["id"] for row in new if row["status"] == UNDER_REVIEW]
        for product_id in waiting[:1]:
            self.platforms.web.post(f"/products/{product_id}/reject", {"marker": OBJECTION})

    def _see_reviewed(self, known: set[str]) -> Iterator[None]:
        """Wait until TikTok has looked at the new listings, and tell what it thinks of them."""
        for _ in range(REVIEW_LOOKS):
            new = [row for row in self._listings() if row["id"] not in known]
            if all(row["status"] in (LIVE, REFUSED) for row in new):
                break
            yield
        for line in review_of(new):
            self._say(f"review: {line}")

    def _listings(self) -> list[Row]:
        return self.app.all_products("tiktok", self.pair.shop_id)

    def _say(self, words: str) -> None:
        self.teller.say(f"          products  {words}")


def outcome_of(run: Row) -> list[str]:
    """What came of a run: a line each for what was done, left out and refused."""
    lines = [f"it ended early: {run['message']}"] if run["status"] == "failed" else []
    for state, label in OUTCOMES:
        groups = [group for group in run["groups"] if group["state"] == state]
        if groups:
            counted = [f"{group['count']} × {words_of(group)}" for group in groups]
            rest = sum(group["count"] for group in groups[CAUSES:])
            lines.append(label + ", ".join(counted[:CAUSES]) + (f", {rest} more" if rest else ""))
    return lines or ["there was nothing to do"]


def words_of(group: Row) -> str:
    """A group's words, without what the line says already."""
    return str(group["words"] or "done").removeprefix("Left out: ")


def review_of(listings: Sequence[Row]) -> list[str]:
    """How the reviews ended, and why TikTok refused what it refused."""
    refused = [row for row in listings if row["status"] == REFUSED]
    live = sum(row["status"] == LIVE for row in listings)
    waiting = len(listings) - live - len(refused)
    first = f"{live} live, {len(refused)} refused"
    lines = [f"{first}, {waiting} not yet decided" if waiting else first]
    return lines + [f"“{row['title']}” refused: {reason_of(row)}" for row in refused[:NAMED]]


def reason_of(listing: Row) -> str:
    """TikTok's first reason for refusing a listing."""
    said = [reason for told in listing["review_reasons"] for reason in told.get("reasons") or ()]
    return str(said[0]) if said else "TikTok gives no reason"
