"""How one person wants the list of orders: its columns, its density, the length of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orders.models import ListLayout
from tiktoksync.shops.models import Membership

PAGE = "orders"
SIZES = (25, 50, 100)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be left out. `sorts`: the two keys of paging.SORTS it can be sorted by."""

    key: str
    label: str
    sorts: tuple[str, str] | None = None
    is_number: bool = False


COLUMNS = (
    Column("shopify", "Shopify"),
    Column("placed", "Placed", ("", "placed")),
    Column("tiktok", "TikTok status"),
    Column("sync", "Sync"),
    Column("ship_by", "Ship by", ("due", "-due")),
    Column("items", "Items"),
    Column("buyer", "Buyer"),
    Column("total", "Total", ("-total", "total"), is_number=True),
    Column("tracking", "Tracking"),
)
KEYS = tuple(column.key for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person has chosen, or the way everybody begins."""

    hidden: frozenset[str] = field(default_factory=frozenset)
    is_dense: bool = False
    page_size: int = 50

    @property
    def shown(self) -> list[str]:
        """The keys of the columns to show."""
        return [key for key in KEYS if key not in self.hidden]

    @property
    def width(self) -> int:
        """How many columns the table has at most: box and order beside the others."""
        return len(self.shown) + 2


def read_layout(membership: Membership) -> Layout:
    """The layout of a member's list of orders."""
    row = ListLayout.objects.filter(membership=membership, page=PAGE).first()
    if row is None:
        return Layout()
    size = row.page_size if row.page_size in SIZES else Layout().page_size
    return Layout(frozenset(row.hidden) & frozenset(KEYS), row.is_dense, size)


def wanted_layout(data: Mapping[str, str], shown: Iterable[str]) -> Layout:
    """The layout that a form asks for; what it does not know stays as everybody begins."""
    size = data.get("page_size", "")
    known = {str(one): one for one in SIZES}
    return Layout(
        frozenset(KEYS) - frozenset(shown),
        data.get("density") == "dense",
        known.get(size, Layout().page_size),
    )


def keep_layout(membership: Membership, layout: Layout) -> None:
    """Remember it for the next time."""
    ListLayout.objects.update_or_create(
        membership=membership,
        page=PAGE,
        defaults={
            "hidden": sorted(layout.hidden),
            "is_dense": layout.is_dense,
            "page_size": layout.page_size,
        },
    )
