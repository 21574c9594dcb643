"""What a refusal means for a connected account, and which accounts may be called at all."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tiktoksync.errors import NotAuthorized, SyncError
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ConnectedAccount, Credential
from tiktoksync.sync import accounts
from tiktoksync.sync.models import SyncStatus

RENEWING_SECONDS = 5.0
TOKEN_TROUBLE = ("token_expired", "token_invalid")


def awake(now: datetime, prefix: str = "") -> Q:
    """Accounts that are neither paused nor waiting to be reconnected."""
    rested = Q(**{f"{prefix}paused_until": None}) | Q(**{f"{prefix}paused_until__lte": now})
    return rested & Q(**{f"{prefix}auth_lost_at": None})


def note_refusal(account: ConnectedAccount, error: SyncError) -> datetime | None:
    """Pause the account as the error demands, and renew its token if that may help.

    Returns until when the account waits, or None if the error is not the account's.
    """
    if isinstance(error, NotAuthorized):
        if error.account_reason == "consent_lost":
            accounts.lose_consent(account, error.message)
            return None
        if error.account_reason in TOKEN_TROUBLE and renew_soon(account):
            return accounts.pause(account, RENEWING_SECONDS, "The access token is being renewed.")
    return accounts.note_failure(account, error)


def renew_soon(account: ConnectedAccount) -> bool:
    """Have the account's token renewed now; False if it cannot be renewed."""
    credential = Credential.objects.filter(**{_side(account): account}).first()
    if credential is None or not credential.refresh_token:
        return False
    if _was_renewed_just_now(credential):
        return False
    Credential.objects.filter(pk=credential.pk, sync_status=SyncStatus.PENDING).update(
        next_attempt_at=database_now()
    )
    queue.wake("refresh_tokens", credential.pk)
    return True


def _was_renewed_just_now(credential: Credential) -> bool:
    """A token that is refused right after its renewal is not helped by another one."""
    renewed = credential.renewed_at
    return renewed is not None and (database_now() - renewed).total_seconds() < RENEWING_SECONDS


def _side(account: ConnectedAccount) -> str:
    return "shop" if account._meta.model_name == "tiktokshop" else "store"
