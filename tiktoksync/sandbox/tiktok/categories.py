"""Categories: the tree by version, its rules, and which leaf suits a title."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from tiktoksync.sandbox.tiktok import category_tree
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.state import Shop

V1, V2 = "v1", "v2"
DEEP_REGIONS = ("US", "VN", "TH", "MY", "SG", "PH", "ID")
V1_LEVELS = 3
_MARKS = {"invited": "INVITE_ONLY", "outside": "NON_MAIN_CATEGORY", "banned": "PROHIBITED"}


@dataclass(frozen=True, slots=True)
class Category:
    """``path`` holds the names from the root down; ``parent_id`` is ``0`` at a root."""

    id: str
    parent_id: str
    path: tuple[str, ...]
    is_leaf: bool
    words: frozenset[str]
    permission: str

    @property
    def name(self) -> str:
        return self.path[-1]


def usual_version(region: str) -> str:
    """The version a shop works with: the deep tree in the US and South-East Asia."""
    return V2 if region in DEEP_REGIONS else V1


@cache
def tree(version: str) -> dict[str, Category]:
    """All categories of a version by id, parents first."""
    found: dict[str, Category] = {}
    path: list[str] = []
    lines = [line for line in category_tree.TREE.splitlines() if line.strip()]
    for place, line in enumerate(lines):
        depth = _depth(line)
        name, words, mark = _read(line)
        path = [*path[:depth], name]
        following = _depth(lines[place + 1]) if place + 1 < len(lines) else 0
        shown = tuple(path) if version == V2 else _shallow(path, following > depth)
        if shown is not None:
            parent = _id(version, shown[:-1]) if len(shown) > 1 else "0"
            one = Category(_id(version, shown), parent, shown, following <= depth, words, mark)
            found[one.id] = one
    return found


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 2


def _read(line: str) -> tuple[str, frozenset[str], str]:
    text, _, mark = line.partition("!")
    name, _, words = text.partition("|")
    permission = _MARKS.get(mark.strip(), "AVAILABLE")
    return name.strip(), frozenset(words.split()), permission


def _shallow(path: list[str], has_more: bool) -> tuple[str, ...] | None:
    """The place in a tree of three levels: what lies deeper moves up to the third."""
    if len(path) <= 2 or (len(path) == V1_LEVELS and not has_more):
        return tuple(path)
    return None if has_more else (path[0], path[1], path[-1])


def _id(version: str, path: tuple[str, ...]) -> str:
    """Six digits that stay the same when the tree grows."""
    first = 600_000 if version == V2 else 850_000
    return str(first + zlib.crc32("/".join(path).encode()) % 90_000)


def find(category_id: str) -> tuple[Category, str] | None:
    """A category of either version, and which one that is."""
    for version in (V2, V1):
        if category_id in tree(version):
            return tree(version)[category_id], version
    return None


@cache
def find_by_name(version: str, name: str) -> Category | None:
    """The leaf of this name."""
    return next((one for one in tree(version).values() if one.is_leaf and one.name == name), None)


def chain(category: Category, version: str) -> list[Category]:
    """The category and everything above it, root first."""
    steps = [category]
    while steps[0].parent_id != "0":
        steps.insert(0, tree(version)[steps[0].parent_id])
    return steps


def check_category(shop: Shop, category_id: str, given_version: str) -> Category:
    """The leaf a product may be listed in; raises ApiError with the code of what is wrong."""
    version = given_version or V1
    if version not in (V1, V2):
        raise bad_param("param body.category_version is invalid")
    if not category_id.isdigit():
        raise ApiError(12052002, "Incorrect category format")
    if version == V1 and usual_version(shop.region) == V2:
        text = "All region shops must use V2 categories. Check the documentation for further "
        raise ApiError(12052217, text + "details.")
    known = find(category_id)
    if known is None:
        raise ApiError(12052023, "Category does not exist")
    category, real_version = known
    if real_version != version:
        raise ApiError(12052230, "Category version and categoryID are not matched.")
    if not category.is_leaf:
        raise ApiError(12052024, "Category is not final category")
    _check_permission(category, shop.region)
    return category


def _check_permission(category: Category, region: str) -> None:
    """American sellers may list where others have to be invited."""
    if category.permission == "PROHIBITED":
        text = "This category is prohibited or unsupported on TikTok Shop. Select another category."
        raise ApiError(12052220, text)
    if category.permission == "INVITE_ONLY" and region != "US":
        raise ApiError(12052223, "This category is restricted. Apply for it in Seller Center.")
    if category.permission == "NON_MAIN_CATEGORY":
        raise ApiError(12052225, "This category is outside of the shop's main category.")


def recommend(version: str, texts: list[tuple[str, int]]) -> Category | None:
    """The leaf whose words are met most; each text comes with its weight."""
    best: tuple[int, Category] | None = None
    for category in tree(version).values():
        if not category.is_leaf or category.permission == "PROHIBITED":
            continue
        score = sum(weight * _hits(category, text) for text, weight in texts)
        if score and (best is None or score > best[0]):
            best = (score, category)
    return best[1] if best else None


def _hits(category: Category, text: str) -> int:
    """How many of the category's words the text holds; its whole name counts most."""
    lower = text.lower()
    words = set(re.findall(r"[\w-]+", lower))
    found = sum(1 for word in category.words if word in words or _inside(word, lower))
    return found + (3 if category.name.lower() in lower else 0)


def _inside(word: str, text: str) -> bool:
    """Words of scripts that put no spaces between them."""
    return not word.isascii() and word in text


def needs_size_chart(category: Category) -> bool:
    return bool(category_tree.SIZE_CHART_NEEDED.intersection(category.path))


def takes_size_chart(category: Category) -> bool:
    return bool(category_tree.SIZE_CHART_TAKEN.intersection(category.path))


def needs_dimensions(category: Category) -> bool:
    return bool(category_tree.DIMENSIONS_NEEDED.intersection(category.path))


def certificates(category: Category) -> list[tuple[str, str]]:
    """Id and name of every certificate the category demands."""
    names = category.path
    return [one for key, one in category_tree.CERTIFICATES.items() if key in names]


def show(category: Category) -> dict[str, Any]:
    """A row of Get Categories."""
    return {
        "id": category.id,
        "parent_id": category.parent_id,
        "local_name": category.name,
        "is_leaf": category.is_leaf,
        "permission_statuses": [category.permission],
    }
