"""What a refusal means for a connected account, and which accounts may be called at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from tiktoksync.errors import NotAuthorized, SyncError
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ConnectedAccount, Credential
from tiktoksync.shops.services.tokens import is_renewable
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.models import SyncStatus

log = structlog.get_logger(__name__)

RENEWING_SECONDS = 5.0
RENEWING = "The access token is being renewed."
TOKEN_TROUBLE = ("token_expired", "token_invalid")


def awake(now: datetime, prefix: str = "") -> Q:
    """Accounts that are neither paused nor stopped nor waiting to be reconnected."""
    rested = Q(**{f"{prefix}paused_until": None}) | Q(**{f"{prefix}paused_until__lte": now})
    return rested & Q(**{f"{prefix}auth_lost_at": None, f"{prefix}stopped_at": None})


def note_refusal(account: ConnectedAccount, error: SyncError) -> datetime | None:
    """Pause the account as the error demands, and renew its token if that may help.

    Returns until when the account waits, or None if the error is not the account's.
    """
    if isinstance(error, NotAuthorized):
        if error.account_reason == "consent_lost":
            accounts.lose_consent(account, error.message)
            return None
        if error.account_reason in TOKEN_TROUBLE:
            if _used_old_token(account):
                return None
            if renew_soon(account):
                return accounts.pause(account, RENEWING_SECONDS, RENEWING)
    return accounts.note_failure(account, error)


def note_refused_poll(account: ConnectedAccount, stem: str, error: SyncError) -> None:
    """Its news cannot be read, and waiting alone does not help: every page says so.

    The account is not paused: what is to be sent may still go.
    """
    log.warning("poll refused", flow=stem, code=error.code, **account.lane_facts)
    _set_refusal(account, stem, error.message[:400])


def note_good_poll(account: ConnectedAccount, stem: str) -> None:
    """Its news are read again."""
    if stem in account.refused_polls:
        _set_refusal(account, stem, "")


def _set_refusal(account: ConnectedAccount, stem: str, reason: str) -> None:
    with transaction.atomic():
        row = type(account)._base_manager.select_for_update(no_key=True).get(pk=account.pk)
        rest = {flow: words for flow, words in row.refused_polls.items() if flow != stem}
        account.refused_polls = {**rest, stem: reason} if reason else rest
        type(account)._base_manager.filter(pk=account.pk).update(
            refused_polls=account.refused_polls
        )


def renew_soon(account: ConnectedAccount) -> bool:
    """Have the account's token renewed now; False if it cannot be renewed."""
    credential = _stored_credential(account)
    if credential is None or not is_renewable(credential):
        return False
    if _was_renewed_just_now(credential):
        return False
    now = database_now()
    if credential.sync_status == SyncStatus.FAILED:
        # Given up for another reason than lost consent, or there would be no call to refuse.
        statuses.move(credential, SyncStatus.PENDING, next_attempt_at=now, tries=0)
    else:
        # Of this version only: another worker may have had it renewed a moment ago.
        waiting = Credential.objects.filter(
            pk=credential.pk, sync_status=SyncStatus.PENDING, version=credential.version
        )
        waiting.update(next_attempt_at=now)
    queue.wake("refresh_tokens", credential.pk)
    return True


def _used_old_token(account: Any) -> bool:
    """Whether the token was renewed since this account was loaded; the new one is used now."""
    used = account._state.fields_cache.get("credential")
    stored = _stored_credential(account)
    if used is None or stored is None or used.version == stored.version:
        return False
    account.credential = stored
    return True


def _stored_credential(account: ConnectedAccount) -> Credential | None:
    side = "shop" if account._meta.model_name == "tiktokshop" else "store"
    return Credential.objects.filter(**{side: account}).first()


def _was_renewed_just_now(credential: Credential) -> bool:
    """A token that is refused right after its renewal is not helped by another one."""
    renewed = credential.renewed_at
    return renewed is not None and (database_now() - renewed).total_seconds() < RENEWING_SECONDS
