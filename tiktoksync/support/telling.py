"""The one place that says what a failure means, what helps, and which button leads there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tiktoksync.failures import SHOPIFY, TIKTOK
from tiktoksync.support.buttons import About, Action, Button, button_of
from tiktoksync.support.catalogue import changed, every_line, lines_by_code
from tiktoksync.support.lines import Line, facts_in, fill, names_in

if TYPE_CHECKING:
    from tiktoksync.sync.models import SyncRow

#: Kinds that say more than the code that came with them.
_KINDS_FIRST = ("exhausted", "malformed", "internal")
_KINDS = "kinds"
VENDORS = (TIKTOK, SHOPIFY, "network")
#: Where the codes of a model's rows are looked up first.
AREAS = {
    "products.productupload": ("upload",),
    "products.productimport": ("import",),
    "products.listingtask": ("listing",),
    "products.skulookup": ("orders", "link"),
    "shops.credential": ("account",),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A failure as a person reads it.

    `raw` are the words in which the platform or the flow said it, where the sentence is another.
    """

    key: str
    code: str
    sentence: str
    fix: str
    button: Button
    raw: str = ""

    @property
    def help_address(self) -> str:
        """Where the catalogue explains it."""
        return f"{reverse('help-errors')}#{anchor_of(self.key)}" if self.key else ""

    @property
    def has_button(self) -> bool:
        """Whether the button leads anywhere."""
        return bool(self.button.address)


def anchor_of(key: str) -> str:
    """The name of a line within the page of all of them."""
    return "".join(sign if sign.isalnum() else "-" for sign in key.casefold())


def tell_failure(
    code: str,
    *,
    areas: Sequence[str] = (),
    kind: str = "",
    said: str = "",
    about: About | None = None,
) -> Told:
    """What is told of a failure: by its code, else by its kind, else in the words it came with.

    `areas` narrows codes that mean several things; `said` is the sentence stored with the row: the
    names in it are kept when staff have written another sentence.
    """
    line = find_line(code, areas=areas, kind=kind, said=said)
    if line is None:
        button = button_of(Action.CONTACT_SUPPORT, about)
        return Told("", code, said or "Something did not work.", "Retry.", button)
    return tell_line(line, code=code, said=said, about=about)


def tell_line(line: Line, *, code: str = "", said: str = "", about: About | None = None) -> Told:
    """A line of the catalogue for one case, in staff's words where they wrote some."""
    words = changed.words(line.key)
    sentence, raw = said or line.sentence, ""
    if words and words.sentence:
        sentence = _filled(words.sentence, line, said)
        raw = said if said != sentence else ""
    button = button_of((words and words.button) or line.action, about)
    if words and words.button_label:
        button = replace(button, label=words.button_label)
    fix = (words and words.fix) or line.fix
    return Told(line.key, code or line.code, sentence, fix, button, raw)


def title_of(code: str, *, areas: Sequence[str] = (), kind: str = "", said: str = "") -> str:
    """A failure in few words, the same for every case of it, from the sentence of the catalogue.

    `said` is what its cases say alike: it stands for failures that the catalogue knows by their
    kind alone.
    """
    line = find_line(code, areas=areas, kind=kind, said=said)
    words = changed.words(line.key) if line else None
    if words and words.sentence:
        return _title(words.sentence, line.blanks if line else {})
    if line and line.area != _KINDS:
        return _title(line.template, line.blanks)
    return _title(said, {}) or code.replace("_", " ").capitalize() or "No reason was given"


def _title(template: str, blanks: Mapping[str, str]) -> str:
    """The first sentence of a template, without the list that a case would name."""
    first = template.partition(". ")[0]
    head, colon, rest = first.partition(": ")
    if colon and names_in(rest):
        first = head
    return fill(first, blanks).rstrip(".")


def tell_row(row: SyncRow, about: About | None = None) -> Told:
    """What is told of a row that failed."""
    areas = AREAS.get(row._meta.label_lower, ("orders",))
    return tell_failure(
        row.failure_code,
        areas=areas,
        kind=row.failure_kind,
        said=row.failure_reason,
        about=about,
    )


def about_order(order: Any) -> About:
    """What buttons need to know of an order; the shop and its store are read with it."""
    store = order.shop.store
    url = store.order_url(order.shopify_legacy_id) if order.shopify_legacy_id else ""
    return About(
        order_id=order.tiktok_order_id,
        shopify_url=url or f"https://{store.shop_domain}/admin",
        region=order.shop.region,
    )


def find_line(
    code: str, *, areas: Sequence[str] = (), kind: str = "", said: str = ""
) -> Line | None:
    """The line that fits best; None where neither code nor kind is known."""
    found = lines_by_code().get(code, ())
    ours = [line for line in found if line.area in areas]
    of_kind = every_line().get(f"{_KINDS}/{kind}")
    if not ours and kind in _KINDS_FIRST:
        return of_kind
    pool = ours or ([line for line in found if line.area in VENDORS] if kind or areas else [*found])
    return _best(pool, said) or of_kind


def _best(lines: Sequence[Line], said: str) -> Line | None:
    """Of several lines with one code, the one that was said."""
    if len(lines) > 1 and said:
        for line in lines:
            if said.startswith(line.sentence) or facts_in(line.template, said) is not None:
                return line
    return lines[0] if lines else None


def _filled(sentence: str, line: Line, said: str) -> str:
    facts = facts_in(line.template, said) if said else None
    return fill(sentence, {**line.blanks, **(facts or {})})
