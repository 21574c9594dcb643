"""The failure catalogue as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from tiktoksync.support.catalogue import every_line
from tiktoksync.support.telling import Told, anchor_of, tell_line


@dataclass(frozen=True, slots=True)
class ShownFailure:
    """One line with the name that links lead to."""

    anchor: str
    told: Told


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Failures of one subject."""

    title: str
    anchor: str
    failures: list[ShownFailure]


def shown_groups(sought: str = "") -> list[ShownGroup]:
    """The lines by group, in the order of the tables; those that hold all words of `sought`."""
    words = sought.casefold().split()
    groups: dict[str, ShownGroup] = {}
    for line in every_line().values():
        told = tell_line(line)
        text = f"{line.group} {line.code} {told.sentence} {told.fix}".casefold()
        if all(word in text for word in words):
            anchor = anchor_of(f"group {line.group}")
            group = groups.setdefault(line.group, ShownGroup(line.group, anchor, []))
            group.failures.append(ShownFailure(anchor_of(line.key), told))
    return list(groups.values())
