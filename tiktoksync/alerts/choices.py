"""How a person hears of each kind of alert: what they chose, or what is sensible. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiktoksync.alerts.models import AlertChoice, AlertKind
from tiktoksync.shops.models import Membership

Email = AlertChoice.Email
#: What may wait for the daily letter, as long as nobody chose otherwise.
_IN_DIGEST = (AlertKind.LISTING_REFUSED.value,)


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind for one person."""

    in_app: bool
    email: str


def default_choice(role: str, kind: str) -> Choice:
    """Who acts hears at once of what stops orders; who only looks gets no letters."""
    if role == Membership.Role.VIEWER.value:
        return Choice(True, Email.OFF.value)
    return Choice(True, Email.DIGEST.value if kind in _IN_DIGEST else Email.AT_ONCE.value)


def choices_of(membership: Membership, rows: Iterable[AlertChoice]) -> Mapping[str, Choice]:
    """Every kind with its choice; `rows` are the person's own."""
    own = {row.kind: Choice(row.in_app, row.email) for row in rows}
    return {
        kind: own.get(kind) or default_choice(membership.role, kind) for kind in AlertKind.values
    }
