"""Which access scopes the Admin API asks for, by field and by webhook topic. Pure."""

import re
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

SCOPE = re.compile(r"`([a-z_]*(?:read|write)_[a-z_]+)`")
BARE_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+\b")
ALSO = "Also:"
BOTH = re.compile(r"scope,? and\b|\bas well as\b")
TOPICS = "WebhookSubscriptionTopic"


@dataclass(frozen=True, slots=True)
class Need:
    """One place of the schema and the scopes that open it, any one of which will do."""

    place: str
    any_of: tuple[str, ...]

    def is_met(self, granted: set[str]) -> bool:
        return not granted.isdisjoint(self.any_of)

    def __str__(self) -> str:
        return f"{self.place} needs {' or '.join(self.any_of)}"


def read_needs(schema: Node) -> dict[str, list[Need]]:
    """What each type and each field asks for, by `Type` and `Type.field`."""
    found: dict[str, list[Need]] = {}
    for one in schema["types"]:
        _note(found, one["name"], one.get("requiredAccess"))
        for field in one.get("fields") or []:
            _note(found, f"{one['name']}.{field['name']}", field.get("requiredAccess"))
    return found


def _note(found: dict[str, list[Need]], place: str, text: str | None) -> None:
    groups = read_access(text or "")
    if groups:
        found[place] = [Need(place, group) for group in groups]


def read_access(text: str) -> list[tuple[str, ...]]:
    """The groups of scopes in a sentence: one of each group is needed.

    The wish is written in words; what follows `Also:` counts when it says that it is required.
    """
    main, *more = text.split(ALSO)
    parts = BOTH.split(main) + [part for part in more if part.strip().startswith("Requires")]
    groups = [tuple(dict.fromkeys(SCOPE.findall(part))) for part in parts]
    return [group for group in groups if group]


def read_topics(schema: Node) -> dict[str, Need | None]:
    """Every webhook topic and the scopes that allow a subscription to it."""
    rows: list[Node] = next(
        (one["enumValues"] for one in schema["types"] if one["name"] == TOPICS), []
    )
    topics: dict[str, Need | None] = {}
    for row in rows:
        _, asks, text = (row.get("description") or "").partition("Requires")
        scopes = tuple(BARE_SCOPE.findall(text)) if asks else ()
        topics[row["name"]] = Need(f"webhook {row['name']}", scopes) if scopes else None
    return topics


def grant(scopes: str) -> set[str]:
    """What a comma-separated list of scopes allows: writing includes reading."""
    named = {scope.strip() for scope in scopes.split(",") if scope.strip()}
    return named | {scope.replace("write_", "read_", 1) for scope in named}
