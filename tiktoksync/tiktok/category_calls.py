"""What TikTok Shop asks of a product: categories, their attributes and rules, brands, readiness.

All of it changes often: it is read live and kept briefly. The names come in ``locale``, and the
tree in ``category_version`` (``markets.category_version`` knows the one of a region).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import rows, text
from tiktoksync.tiktok.transport import TikTokTransport, checked_id

#: TikTok's ways to say that it recommends nothing.
NO_RECOMMENDATION = frozenset({"12052912", "12019064"})
CLOSED = frozenset({"INVITE_ONLY", "NON_MAIN_CATEGORY", "PROHIBITED"})
#: More text does not make a recommendation better.
RECOMMEND_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf of the tree; ``path`` holds the names from the root to it. ``is_available`` says
    whether this shop may list in it.
    """

    id: str
    path: tuple[str, ...]
    is_available: bool

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class BrandPage:
    """``next_page_token`` is empty on the last page."""

    brands: tuple[dict[str, Any], ...]
    next_page_token: str
    total_count: int | None = None


class CategoryCalls(TikTokTransport):
    """Reads the rules of listing."""

    def categories(
        self, *, category_version: str = "", locale: str = ""
    ) -> Answer[list[dict[str, Any]]]:
        """The whole tree as a flat list: ``id``, ``parent_id``, ``local_name``, ``is_leaf``,
        ``permission_statuses``. TikTok Shop documentation: Get Categories.
        """
        query = {"category_version": category_version, "locale": locale}
        return self.read("GET", "/product/202309/categories", rows("categories"), query)

    def recommend_category(
        self,
        *,
        title: str,
        description: str = "",
        image_uris: Sequence[str] = (),
        product_type: str = "",
        vendor: str = "",
        tags: Sequence[str] = (),
        category_version: str = "",
        locale: str = "",
    ) -> Answer[Category | None]:
        """The category TikTok thinks fits; None if it knows none.

        ``product_type``, ``vendor`` and ``tags`` are those of the store the product comes from.
        TikTok Shop documentation: Recommend Category.
        """
        fields: dict[str, Any] = {
            "product_title": title,
            "description": description[:RECOMMEND_CHARS],
            "images": [{"uri": uri} for uri in image_uris],
            "origin_platform_product_type": product_type,
            "origin_platform_vendor": vendor,
            "origin_platform_tags": list(tags),
            "category_version": category_version,
            "locale": locale,
        }
        body = {name: value for name, value in fields.items() if value}
        path = "/product/202309/categories/recommend"
        try:
            return self.read("POST", path, _recommended, None, body)
        except Rejected as refused:
            if refused.code not in NO_RECOMMENDATION:
                raise
            return Answer(None, refused.request_id, 0.0)

    def category_attributes(
        self, category_id: str, *, category_version: str = "", locale: str = ""
    ) -> Answer[list[dict[str, Any]]]:
        """Attributes of a leaf category. The flag of a mandatory one is spelled ``is_requried``.

        TikTok Shop documentation: Get Attributes.
        """
        path = f"/product/202309/categories/{checked_id(category_id)}/attributes"
        query = {"category_version": category_version, "locale": locale}
        return self.read("GET", path, rows("attributes"), query)

    def category_rules(
        self, category_id: str, *, category_version: str = "", locale: str = ""
    ) -> Answer[dict[str, Any]]:
        """Certificates, size chart, package size … a category asks for.

        TikTok Shop documentation: Get Category Rules.
        """
        path = f"/product/202309/categories/{checked_id(category_id)}/rules"
        query = {"category_version": category_version, "locale": locale}
        return self.read("GET", path, dict, query)

    def brands(
        self,
        *,
        name: str = "",
        category_id: str = "",
        page_token: str = "",
        page_size: int = 100,
        category_version: str = "",
    ) -> Answer[BrandPage]:
        """A page of brands, by a part of their name. The word for a brand that this shop may not
        use is spelled ``UNAUTHORIEZD``. TikTok Shop documentation: Get Brands.
        """
        query = {
            "brand_name": name,
            "category_id": category_id,
            "page_token": page_token,
            "page_size": str(page_size),
            "category_version": category_version,
        }
        return self.read("GET", "/product/202309/brands", _brand_page, query)

    def prerequisites(self) -> Answer[list[dict[str, Any]]]:
        """What the shop still lacks to list: ``check_item``, ``is_failed``, ``fail_reasons``.

        TikTok Shop documentation: Check Listing Prerequisites.
        """
        return self.read("GET", "/product/202312/prerequisites", rows("check_results"))


def _recommended(data: dict[str, Any]) -> Category | None:
    leaf, chain = text(data.get("leaf_category_id")), rows("categories")(data)
    if not leaf:
        return None
    own = next((row for row in chain if text(row.get("id")) == leaf), {})
    names = tuple(name for name in (text(row.get("name")) for row in chain) if name)
    return Category(
        leaf, names, is_available=not CLOSED & set(own.get("permission_statuses") or ())
    )


def _brand_page(data: dict[str, Any]) -> BrandPage:
    total = data.get("total_count")
    return BrandPage(
        brands=tuple(rows("brands")(data)),
        next_page_token=text(data.get("next_page_token")),
        total_count=total if isinstance(total, int) and not isinstance(total, bool) else None,
    )
