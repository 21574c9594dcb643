"""Alerts as pages show them: the bell, the list, and the worst one for the banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from orders.presentation import Badge
from tiktoksync.alerts.choices import Choice, choices_of
from tiktoksync.alerts.models import Alert, AlertChoice, AlertKind, AlertSeen, Letter, told_to
from tiktoksync.shops.models import Membership, Merchant

IN_BELL = 6
MOST_UNSEEN = 99

#: What stands first when several things are wrong.
_ORDER = (
    AlertKind.CONSENT_LOST.value,
    AlertKind.SYNC_LATE.value,
    AlertKind.CANCEL_REQUEST.value,
    AlertKind.CONSENT_ENDING.value,
    AlertKind.TRACKING_REFUSED.value,
    AlertKind.BLOCKED.value,
    AlertKind.LISTING_REFUSED.value,
)


@dataclass(frozen=True, slots=True)
class KindLook:
    """How a kind is drawn, and the word on the button that leads to its remedy."""

    icon: str
    tone: str
    button: str


LOOKS = {
    AlertKind.BLOCKED.value: KindLook("stop", "bad", "Show them"),
    AlertKind.TRACKING_REFUSED.value: KindLook("truck", "bad", "Correct tracking"),
    AlertKind.CANCEL_REQUEST.value: KindLook("hand", "wait", "Answer"),
    AlertKind.LISTING_REFUSED.value: KindLook("tag", "wait", "See what to correct"),
    AlertKind.CONSENT_ENDING.value: KindLook("clock", "wait", "Renew it"),
    AlertKind.CONSENT_LOST.value: KindLook("plug", "bad", "See connections"),
    AlertKind.SYNC_LATE.value: KindLook("clock", "wait", "See activity"),
    AlertKind.MENTION.value: KindLook("at-sign", "info", "Read it"),
}


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert with how it is drawn."""

    alert: Alert
    look: KindLook
    is_new: bool

    @property
    def badge(self) -> Badge:
        """Its kind as a badge."""
        tone = "bad" if self.alert.is_urgent else self.look.tone
        return Badge(self.alert.get_kind_display(), self.look.icon, tone)

    @property
    def done(self) -> Badge:
        """What stands in the place of the button once it is mended."""
        return Badge("Read" if self.alert.reader_id else "Resolved", "check", "good")

    @property
    def tone(self) -> str:
        """Urgent ones are red, whatever they are about."""
        return "bad" if self.alert.is_urgent else self.look.tone


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bell on every page knows."""

    unseen: int
    newest: list[ShownAlert]
    more: bool

    @property
    def count(self) -> str:
        """The figure on the bell."""
        return f"{MOST_UNSEEN}+" if self.unseen > MOST_UNSEEN else str(self.unseen)


def worst_alert(merchant: Merchant, reader: Membership | None = None) -> Alert | None:
    """The one alert that a banner would tell; urgent ones first, then by kind, by one query.

    With a reader, kinds that this person does not want to see in the app are left out. What is for
    one person alone is no trouble of the merchant's.
    """
    rows = Alert.objects.filter(merchant=merchant) if reader is None else alerts_for(reader)
    rows = rows.filter(reader=None)
    ranks = [When(kind=kind, then=Value(rank)) for rank, kind in enumerate(_ORDER)]
    rank = Case(*ranks, default=Value(len(_ORDER)), output_field=IntegerField())
    worst: Alert | None = rows.filter(resolved_at=None).order_by("-is_urgent", rank, "-id").first()
    return worst


def alerts_for(membership: Membership) -> QuerySet[Any]:
    """The alerts a person wants to see in the app, each with whether it was seen."""
    hidden = AlertChoice.objects.filter(
        membership_id=membership.pk, in_app=False, kind=OuterRef("kind")
    )
    seen = AlertSeen.objects.filter(alert=OuterRef("pk"), user=membership.user_id)
    rows = Alert.objects.filter(told_to(membership))
    return rows.filter(~Exists(hidden)).annotate(is_seen=Exists(seen))


def gather_bell(membership: Membership) -> Bell:
    """The bell of a page, by one query."""
    rows: Any = alerts_for(membership).filter(resolved_at=None)
    rows = rows.order_by("is_seen", "-id")
    found: list[Any] = list(rows.only(*_SHOWN)[: MOST_UNSEEN + 1])
    unseen = sum(not alert.is_seen for alert in found)
    newest = [show_alert(alert) for alert in found[:IN_BELL]]
    return Bell(unseen, newest, len(found) > IN_BELL)


_SHOWN = (
    *("kind", "cause", "title", "words", "address", "count", "is_urgent"),
    *("raised_at", "changed_at", "resolved_at", "merchant", "reader"),
)


def show_alert(alert: Any) -> ShownAlert:
    """An alert with how it is drawn; new until the person has seen it."""
    return ShownAlert(alert, LOOKS[alert.kind], not getattr(alert, "is_seen", True))


def gather_choices(membership: Membership) -> list[tuple[str, str, KindLook, Choice]]:
    """The table of what a person hears of, and how."""
    rows = AlertChoice.objects.filter(membership_id=membership.pk)
    chosen = choices_of(membership, rows)
    return [(kind, label, LOOKS[kind], chosen[kind]) for kind, label in AlertKind.choices]


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter and what came of it."""

    letter: Letter
    badge: Badge
    about: list[Alert]


def last_letters(membership: Membership, most: int = 10) -> list[ShownLetter]:
    """A person's latest letters, newest first."""
    rows = Letter.objects.filter(membership_id=membership.pk).prefetch_related("alerts")
    found = rows.order_by("-id")[:most]
    return [ShownLetter(row, letter_badge(row), list(row.alerts.all())) for row in found]


def letter_badge(letter: Letter) -> Badge:
    """What came of a letter."""
    if letter.sent_at:
        return Badge("Sent", "check", "good")
    if letter.given_up_at:
        return Badge("Given up", "alert", "bad", letter.error)
    if letter.due_at is None:
        return Badge("Not needed", "skip", "off", letter.error)
    if letter.error:
        return Badge("Will be tried again", "retry", "wait", letter.error)
    return Badge("Waiting", "clock", "info")
