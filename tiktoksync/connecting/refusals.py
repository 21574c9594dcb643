"""Why a connection was not made: each with the sentence and the way on that a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from tiktoksync.errors import NotAuthorized, RetryableError, SyncError
from tiktoksync.support.catalogue import Words as Reworded
from tiktoksync.support.catalogue import changed
from tiktoksync.support.lines import fill


@dataclass(frozen=True, slots=True)
class Words:
    """A page's worth of refusal."""

    title: str
    text: str
    fix: str
    status: int = 400


#: Under this name refusals stand in the failure catalogue.
AREA = "connect"

REFUSALS: dict[str, Words] = {
    "no_state": Words(
        "There is nothing to finish here",
        "This page ends a connection that was begun in TikTokSync, and none is under way.",
        "Begin again from the connections page.",
    ),
    "used": Words(
        "This connection is already finished",
        "The platform's answer works once, and it has been used.",
        "Look at the connections page: it may be there by now. If not, begin again.",
    ),
    "expired": Words(
        "That took too long",
        "A connection has to be agreed to within the hour after it is begun.",
        "Begin again. Nothing was changed.",
    ),
    "session": Words(
        "This was begun in another browser",
        "A connection is finished in the same browser, and by the same person, that began it.",
        "Go back to that browser, or begin again in this one. Nothing was changed.",
        403,
    ),
    "merchant": Words(
        "This was begun for another merchant",
        "You have switched to another merchant since you began.",
        "Switch back and begin again. Nothing was changed.",
        403,
    ),
    "owner": Words(
        "Only an owner connects shops",
        "Your role lets you look at connections, but not make or end them.",
        "Ask an owner of the team, or send them the address of the connections page.",
        403,
    ),
    "denied": Words(
        "The consent was refused",
        "Somebody chose not to agree on the platform's page, so nothing was connected.",
        "Begin again when you are ready. Only the account that owns the shop can agree.",
    ),
    "signature": Words(
        "This request does not come from Shopify",
        "Its signature does not fit, or it is too old to be trusted.",
        "Open the app again from Shopify's admin, or begin from the connections page.",
    ),
    "domain": Words(
        "That is not the address of a Shopify store",
        "A store is named like your-store.myshopify.com.",
        "Find the name in Shopify's admin under Settings, Domains.",
    ),
    "wrong_store": Words(
        "Another store answered",
        "You asked for {wanted}, but {found} agreed.",
        "Sign in to the right store at Shopify, then begin again. Nothing was changed.",
    ),
    "wrong_shop": Words(
        "Another TikTok account answered",
        "You are reconnecting {wanted}, but the account that agreed opens {found}.",
        "Sign in to TikTok Seller Center with the account of that shop, then begin again.",
    ),
    "no_shops": Words(
        "This TikTok account has no shop",
        "The account that agreed opens no shop at TikTok Shop.",
        "Sign in with the account that owns the shop, not with a buyer's or developer's account.",
    ),
    "scopes": Words(
        "Some permissions are missing",
        "{platform} did not grant: {missing}. Without them orders cannot be kept in step.",
        "Add them to the app at {platform}, then begin again. Nothing was changed.",
    ),
    "taken": Words(
        "This one cannot be connected here",
        "{account} is connected elsewhere on this installation.",
        "Disconnecting there does not free it by itself: ask whoever runs this installation.",
        409,
    ),
    "other_store": Words(
        "This shop feeds another store",
        "{account} already feeds {found}. One TikTok shop feeds one Shopify store.",
        "Choose that store, and connect again.",
        409,
    ),
    "no_store": Words(
        "Connect Shopify first",
        "A TikTok shop needs a connected Shopify store that its orders go to.",
        "Connect the store, then come back here.",
        409,
    ),
    "no_app": Words(
        "This installation cannot do that yet",
        "{message}",
        "Whoever runs this installation sets it up; the documentation says how.",
        503,
    ),
    "platform": Words(
        "{platform} did not let us finish",
        "{message}",
        "Begin again. Nothing was connected.",
        502,
    ),
}


class Refused(Exception):
    """A connection is not made; nothing was stored. `words` are what its page says."""

    def __init__(self, reason: str, **facts: str) -> None:
        super().__init__(reason)
        self.reason = reason
        known = REFUSALS[reason]
        said = {name: facts.get(name, "") or name for name in _NAMES} | facts
        # Staff can word what the catalogue says anew.
        own = changed.words(f"{AREA}/{reason}") or Reworded()
        self.words = Words(
            known.title.format_map(said),
            fill(own.sentence or known.text, said),
            fill(own.fix or known.fix, said),
            known.status,
        )


_NAMES = ("platform", "message", "account", "wanted", "found", "missing")


def from_error(platform: str, error: SyncError) -> Refused:
    """What a platform's refusal or silence means for the person who waits for it."""
    if isinstance(error, RetryableError):
        message = f"{platform} did not answer in time. {error.message}"
    elif isinstance(error, NotAuthorized):
        message = error.message
    else:
        message = error.message
    return Refused("platform", platform=platform, message=message)
