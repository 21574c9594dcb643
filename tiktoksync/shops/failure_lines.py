"""What can be wrong with a connection, as lines of the failure catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from tiktoksync.lib.error_rows import ACCOUNT_ADVICE
from tiktoksync.support.buttons import Action
from tiktoksync.support.lines import Line, line

GROUP = "Connections"
_ACCOUNT: dict[str, tuple[str, Action]] = {
    "token_invalid": ("The platform does not accept the connection any more.", Action.RECONNECT),
    "token_expired": ("The connection's key has expired.", Action.WAIT),
    "consent_lost": ("The consent was taken back, or has ended.", Action.RECONNECT),
    "scope_missing": ("A permission is missing.", Action.RECONNECT),
    "plan": ("The store's plan does not include this, or a bill is open.", Action.OPEN_SHOPIFY),
    "unavailable": ("The platform says that the account is not active.", Action.CONTACT_SUPPORT),
    "closed": ("The store is closed, or not known to Shopify.", Action.RECONNECT),
}
_RENEW = "Connect it again before that day; nothing is lost and nothing is linked anew."
_STATES: dict[str, tuple[str, str, Action]] = {
    "consent_ends": ("The consent for {account} ends in {days}.", _RENEW, Action.RECONNECT),
    "consent_ended": (
        "The consent for {account} has ended. Orders wait until it is renewed.",
        "Connect it again; everything that waits goes on by itself.",
        Action.RECONNECT,
    ),
    "paused": (
        "The connection rests for a while: {reason}",
        "Nothing to do: it goes on by itself.",
        Action.WAIT,
    ),
    "stopped": (
        "Somebody of the team paused the connection.",
        "Let it go on, on the page of connections.",
        Action.RECONNECT,
    ),
    "polls_late": (
        "The platform's news have not been read for a while.",
        "Nothing to do: it is tried again by itself. If it stays, get help.",
        Action.CONTACT_SUPPORT,
    ),
    "poll_refused": (
        "The platform does not give out its news: {reason}",
        "Connect it again with every permission the app asks for.",
        Action.RECONNECT,
    ),
}
_WEBHOOKS: dict[str, tuple[str, str, Action]] = {
    "signature": (
        "A webhook came whose signature does not fit; it was refused and nothing was stored.",
        "Nothing to do: the news are read by polling. If it stays, check the app's secret.",
        Action.CONTACT_SUPPORT,
    ),
    "evidence": (
        "A second, different webhook came under one id; it is kept and has no effect.",
        "Nothing to do: the truth is read from the platform itself.",
        Action.WAIT,
    ),
    "stranger": (
        "A webhook came for an account that is not connected here.",
        "Connect the account, or take the webhook off in the platform's app settings.",
        Action.RECONNECT,
    ),
    "unreadable": (
        "A webhook came that cannot be read.",
        "Nothing to do: the news are read by polling.",
        Action.WAIT,
    ),
    "not_subscribed": (
        "The platform does not send webhooks to this installation at the moment.",
        "Nothing to do: they are put back by themselves. Until then news come by polling.",
        Action.WAIT,
    ),
}


def lines() -> Iterator[Line]:
    """Accounts, consents and webhooks."""
    for reason, advice in ACCOUNT_ADVICE.items():
        sentence, action = _ACCOUNT[reason]
        yield line("account", GROUP, reason, sentence, advice, layer="reason", action=action)
    for code, (sentence, fix, action) in _STATES.items():
        yield line("account", GROUP, code, sentence, fix, layer="state", action=action)
    for code, (sentence, fix, action) in _WEBHOOKS.items():
        yield line("webhook", "Webhooks", code, sentence, fix, action=action)
