"""refresh_tokens: access tokens are renewed before they end, by one worker at a time.

Both platforms hand out a new pair on each renewal. A renewal whose answer was lost is repeated with
the same refresh token: Shopify accepts it until the new pair is used, TikTok keeps it as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from tiktoksync.errors import NotAuthorized, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_auth, tiktok_auth
from tiktoksync.shops.services.families import hand_on, lose_family, wait_for_family
from tiktoksync.shops.services.tokens import BETWEEN_RENEWALS, is_renewable, moment, renewal_time
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import settle_error

#: Refusals of the token itself. The others are of the account, and pass.
ENDED = ("consent_lost", "token_invalid", "token_expired")
NOTHING_TO_RENEW = timedelta(days=30)
#: A consent whose end moves by more than this with a renewal is prolonged by it.
PROLONGED = timedelta(minutes=1)
LOST = "The connection has ended: connect {} again."


@dataclass(frozen=True, slots=True)
class NewTokens:
    """What either platform answers, in one shape."""

    access_token: str
    access_expires_at: datetime | None
    refresh_token: str
    refresh_expires_at: datetime | None


class RefreshTokens(OutboundFlow):
    """Renews the tokens of one shop or store."""

    stem = "refresh_tokens"
    model = Credential
    account: TikTokShop | ShopifyStore
    account_of_row = "pk"
    fresh = ("version", "next_attempt_at")
    takes_turns = False

    def __init__(self, credential: Credential) -> None:
        super().__init__(credential.account)
        self.credential_id = credential.pk
        self.concurrency = 1

    @classmethod
    def load(cls, account_id: int) -> RefreshTokens | None:
        credential = (
            Credential.objects.select_related("shop__app", "store__app")
            .filter(pk=account_id)
            .first()
        )
        return cls(credential) if credential else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return Credential.objects.values_list("pk", flat=True)

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        connected = Q(shop__auth_lost_at=None) & Q(store__auth_lost_at=None)
        return Credential.objects.filter(cls.ready(now), connected).values_list("pk", flat=True)

    @classmethod
    def ready(cls, now: datetime) -> Q:
        return Q(sync_status=SyncStatus.PENDING, next_attempt_at__lte=now)

    def rows(self) -> QuerySet[Credential]:
        return Credential.objects.filter(pk=self.credential_id)

    def has_due(self, now: datetime) -> bool:
        return self.rows().filter(self.ready(now)).exists()

    def _is_paused(self) -> bool:
        """A pause for want of a token must not keep the token from being renewed."""
        self.account.refresh_from_db(fields=["paused_until", "auth_lost_at", "failures"])
        return self.account.auth_lost_at is not None

    def plan(self, rows: Sequence[Credential], now: datetime) -> list[Task]:
        credential = rows[0]
        if not is_renewable(credential):
            statuses.defer(credential, now + NOTHING_TO_RENEW, "no_refresh_token")
            return []
        if later := wait_for_family(credential, now):
            statuses.defer(credential, later, "family_renews")
            return []
        token = credential.refresh_token
        if isinstance(self.account, ShopifyStore):
            # Without a refresh token there is the client credentials grant.
            call = partial(_renew_shopify, shopify_auth(self.account), token)
        else:
            call = partial(_renew_tiktok, tiktok_auth(self.account.app), token)
        return [Task("refresh", call, (credential,), facts=credential.version)]

    def record(
        self,
        rows: Sequence[Credential],
        task: Task,
        answer: Answer[NewTokens],
        attempts: dict[int, Attempt],
    ) -> None:
        credential, now = rows[0], database_now()
        tokens = answer.data
        ends, known = tokens.refresh_expires_at, credential.refresh_expires_at
        due = renewal_time(credential, tokens.access_expires_at, now)
        if credential.version != task.facts:
            _keep_newer(credential, attempts[credential.pk])
            return
        statuses.move(
            credential,
            SyncStatus.PENDING,
            attempt=attempts[credential.pk],
            next_attempt_at=max(due, now + BETWEEN_RENEWALS),
            access_token=tokens.access_token,
            access_expires_at=tokens.access_expires_at,
            refresh_token=tokens.refresh_token or credential.refresh_token,
            refresh_expires_at=ends or known,
            end_moves=ends - known > PROLONGED if ends and known else credential.end_moves,
            version=credential.version + 1,
            renewed_at=now,
            tries=0,
            in_doubt_since=None,
        )
        hand_on(credential, now)
        accounts.resume(self.account)

    def note_failure(self, error: SyncError) -> datetime | None:
        """Whether the token itself has ended is told in refused(), which knows if it is in use."""
        if isinstance(error, NotAuthorized) and error.account_reason in ENDED:
            return None
        return super().note_failure(error)

    def refused(
        self,
        row: Credential,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if row.version != task.facts:
            _keep_newer(row, attempt)
        elif isinstance(error, NotAuthorized) and error.account_reason in ENDED:
            reason = LOST.format(self.account)
            accounts.lose_consent(self.account, reason)
            lose_family(row, LOST)
            statuses.fail(row, FailureKind.AUTH, error.code, reason, attempt=attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _keep_newer(credential: Credential, attempt: Attempt) -> None:
    """The account was connected again meanwhile: what was renewed is no longer its token."""
    due = credential.next_attempt_at
    statuses.move(credential, SyncStatus.PENDING, attempt=attempt, next_attempt_at=due, tries=0)


def _renew_tiktok(auth: Any, refresh_token: str) -> Answer[NewTokens]:
    """TikTok Shop names moments on its own clock; they are kept as moments on ours."""
    answer = auth.refresh_token(refresh_token)
    pair = answer.data
    tokens = NewTokens(
        pair.access_token,
        on_our_clock(pair.access_expires_at),
        pair.refresh_token,
        on_our_clock(pair.refresh_expires_at),
    )
    return Answer(tokens, answer.request_id, answer.elapsed)


def _renew_shopify(auth: Any, refresh_token: str) -> Answer[NewTokens]:
    answer = auth.refresh(refresh_token) if refresh_token else auth.client_credentials()
    pair = answer.data
    now = datetime.now(UTC)
    tokens = NewTokens(
        pair.access_token,
        _after(now, pair.expires_in),
        pair.refresh_token,
        _after(now, pair.refresh_expires_in),
    )
    return Answer(tokens, answer.request_id, answer.elapsed)


def on_our_clock(epoch: int) -> datetime | None:
    """A moment that TikTok Shop named by its own clock."""
    ahead = round(platform_time(settings.TIKTOK_AUTH_URL) - time.time())
    return moment(epoch - ahead if epoch else None)


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None
