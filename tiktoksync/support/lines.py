"""One line of the failure catalogue, as the tables in the code give it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from tiktoksync.support.buttons import action_for

#: Stands where a sentence names something that is not known.
BLANK = "…"
_NAMES = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """A failure: `template` is its sentence, whose blanks are filled with what one case names.

    `area` is where the code is used: a platform's name, "orders", "upload" and so on.
    """

    key: str
    group: str
    area: str
    code: str
    template: str
    fix: str
    action: str
    blanks: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence for no case in particular."""
        return fill(self.template, self.blanks)

    @property
    def names(self) -> tuple[str, ...]:
        """The blanks that the sentence has."""
        return names_in(self.template)


def line(
    area: str,
    group: str,
    code: str,
    sentence: str,
    fix: str,
    *,
    layer: str = "",
    action: str = "",
    blanks: Mapping[str, str] | None = None,
) -> Line:
    """A line with its key; the button follows from the advice unless it is given."""
    key = "/".join(str(part) for part in (area, layer, code) if part)
    template = number_blanks(sentence)
    button = str(action or action_for(fix))
    return Line(key, group, area, str(code), template, fix, button, blanks or {})


def number_blanks(sentence: str) -> str:
    """Blanks without a name get one."""
    count = iter(range(1, 100))
    return _NAMES.sub(lambda found: f"{{{found[1] or f'word{next(count)}'}}}", sentence)


def names_in(template: str) -> tuple[str, ...]:
    """The blanks of a sentence; ValueError if its braces make no sense."""
    found = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    return tuple(dict.fromkeys(found))


def fill(template: str, facts: Mapping[str, str]) -> str:
    """A sentence with its blanks filled."""
    return _NAMES.sub(lambda found: str(facts.get(found[1]) or BLANK), template)


def facts_in(template: str, said: str) -> dict[str, str] | None:
    """What a sentence of one case names, read back by the sentence it was made from."""
    pattern = "".join(
        re.escape(part) if place % 2 == 0 else f"(?P<n{place}>.+?)"
        for place, part in enumerate(_NAMES.split(template))
    )
    found = re.fullmatch(pattern, said, re.DOTALL)
    if found is None:
        return None
    names = _NAMES.findall(template)
    return {name: found[f"n{2 * at + 1}"] for at, name in enumerate(names)}
