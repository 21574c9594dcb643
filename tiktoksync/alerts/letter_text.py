"""What a letter says: a subject, a plain text and a page, with links back into the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tiktoksync.alerts.models import Alert, Letter
from tiktoksync.shops.models import Merchant
from tiktoksync.web_access import zone_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter as it is sent."""

    subject: str
    plain: str
    html: str
    settings_address: str


def compose(letter: Letter) -> LetterText | None:
    """The letter, told in the merchant's time zone; None when all it told of is mended."""
    merchant = letter.membership.merchant
    alerts = list(letter.alerts.filter(resolved_at=None).order_by("-is_urgent", "kind", "-id"))
    is_test = letter.kind == Letter.Kind.TEST
    if not alerts and not is_test:
        return None
    facts = {
        "merchant": merchant,
        "alerts": alerts[:SHOWN],
        "more": len(alerts[SHOWN:]),
        "is_digest": letter.kind == Letter.Kind.DIGEST,
        "is_test": is_test,
        "site": settings.PUBLIC_URL,
        "all_address": absolute(reverse("notifications")),
        "settings_address": absolute(reverse("settings-notifications")),
    }
    with timezone.override(zone_of(merchant)):
        return LetterText(
            subject=_subject(letter, merchant, alerts),
            plain=_render("plain.txt", facts),
            html=_render("page.html", facts),
            settings_address=str(facts["settings_address"]),
        )


def absolute(address: str) -> str:
    """A page's address as it is reached from outside."""
    return f"{settings.PUBLIC_URL}{address}"


def _subject(letter: Letter, merchant: Merchant, alerts: list[Alert]) -> str:
    if letter.kind == Letter.Kind.TEST:
        text = "A test letter"
    elif letter.kind == Letter.Kind.DIGEST:
        text = f"Your day: {len(alerts)} to look at" if len(alerts) > 1 else alerts[0].title
    else:
        rest = f" and {len(alerts) - 1} more" if len(alerts) > 1 else ""
        text = f"{alerts[0].title}{rest}"
    return " ".join(f"{merchant.name}: {text}".split())


def _render(name: str, facts: dict[str, Any]) -> str:
    return render_to_string(f"alerts/letter/_{name}", facts)
