"""What comes next for one product on its way to TikTok: a look, a picture, or the listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from products.models import ProductUpload, sku_key
from products.services import upload_images as images
from products.services.upload_hand_over import LISTED, give_back
from products.services.upload_images import Album, Pictures, Want
from products.services.upload_look import look_up
from products.upload_checks import find_issues
from products.upload_facts import ProductFacts, Setting
from products.upload_mapping import create_body
from products.upload_words import issue
from tiktoksync.lib.timing import scaled
from tiktoksync.runs.models import Run
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import FailureKind, SyncStatus

LOOK, READ, SEND, CREATE = "look_up", "read_image", "send_image", "create"
#: How long a row waits for a picture that is under way for another product, should it be lost.
ALBUM_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Made:
    """What a create sends, what of the product it leaves out, and the SKUs that it takes."""

    body: dict[str, Any]
    remarks: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """The picture that a task is about."""

    want: Want
    key: tuple[str, ...]
    checksum: str = ""


@dataclass(slots=True)
class Step:
    """What comes next for one product."""

    album: Album
    client: Any
    row: ProductUpload
    facts: ProductFacts
    setting: Setting
    pictures: Pictures

    def next(self, now: datetime, known_id: str) -> Task | None:
        """The next call, or None if the row was moved or waits."""
        row = self.row
        if row.in_doubt_since is not None:
            return self._look(known_id, int(row.in_doubt_since.timestamp()))
        if row.run and row.run.status == Run.Status.CANCELLED:
            give_back(row)
            return None
        if row.looked_at is None:
            return self._look("", None)
        if issues := find_issues(self.facts, self.setting):
            self._stop(issues)
            return None
        left = [one for one in self.pictures.wanted(self.facts) if not self.pictures.uri(one)]
        return self._picture(left, now) if left else self._create(now)

    def _look(self, known_id: str, since: int | None) -> Task:
        call = partial(look_up, self.client, self.facts, known_id=known_id, since=since)
        return Task(LOOK, call, (self.row,))

    def _stop(self, issues: list[dict[str, str]]) -> None:
        """Something changed since the preview, or nobody previewed it."""
        first = issues[0]
        if first["code"] == LISTED:
            statuses.move(
                self.row,
                SyncStatus.SKIPPED,
                skip_reason=LISTED,
                reason=first["words"],
                issues=issues,
            )
        else:
            words = " ".join(one["words"] for one in issues)
            statuses.fail(self.row, FailureKind.CONFIG, first["code"], words, issues=issues)

    def _picture(self, left: Sequence[Want], now: datetime) -> Task | None:
        """The first picture that TikTok lacks and that is not under way for another product."""
        busy = None
        for want in left:
            source = self.pictures.sources.get(want.picture.url)
            key = self.album.key_of(want, source)
            if self.album.is_busy(key):
                busy = busy or key
                continue
            self.album.begin(key)
            if source is None:
                return Task(READ, images.reading(want), (self.row,), About(want, key))
            content = self.album.content_of(source.checksum)
            call = images.sending(self.client, want, source.checksum, content)
            return Task(SEND, call, (self.row,), About(want, key, source.checksum))
        if busy is not None:
            self._wait_for(busy, now, "image_under_way")
        return None

    def _wait_for(self, key: tuple[str, ...], now: datetime, reason: str) -> None:
        statuses.defer(self.row, now + scaled(ALBUM_SECONDS), reason)
        self.album.wait_for(key, self.row)

    def _create(self, now: datetime) -> Task | None:
        """TikTok Shop documentation: Create Product."""
        keys = self._sku_keys()
        if busy := [key for key in keys if self.album.is_busy(key)]:
            # Another product with this SKU is being listed: afterwards the SKU is taken.
            self._wait_for(busy[0], now, "sku_under_way")
            return None
        main = self.pictures.uris_of(self.facts, images.MAIN)
        problems = self.pictures.problems(self.facts)
        if not main:
            self._stop([issue("image_unusable", what=" ".join(problems).rstrip("."))])
            return None
        body = create_body(
            self.facts,
            self.setting,
            key=self.row.idempotency_key,
            images=list(dict.fromkeys(main.values())),
            option_images=self.pictures.uris_of(self.facts, images.OPTION),
        )
        for key in keys:
            self.album.begin(key)
        made = Made(body, tuple(f"A picture was left out: {words}" for words in problems), keys)
        return Task(CREATE, partial(self.client.create_product, body), (self.row,), made)

    def _sku_keys(self) -> tuple[tuple[str, ...], ...]:
        keys = dict.fromkeys(sku_key(variant.sku) for variant in self.facts.variants)
        return tuple(("sku", key) for key in keys if key)
