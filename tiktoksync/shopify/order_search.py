"""Which TikTok orders a store has already, whoever made them there.

Ours carry the app's own id metafield. Other connectors leave the TikTok order's id as they like: as
source identifier, in the name, as a tag, in the note or an attribute. Shopify's search only finds
candidates; what an order really carries is compared here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads, search
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import Tally
from tiktoksync.shopify.transport import ShopifyTransport

MARKED_ORDERS_A_CALL = 10
CANDIDATES_A_PAGE = 20
CANDIDATE_PAGES = 20
#: Fields that Shopify searches, and what else it finds an order by when no field is named.
_SEARCHED = ("source_identifier", "tag", "po_number")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class MarkedOrder:
    """An order of the store that stands for a TikTok order; `is_ours` if this app made it."""

    id: str
    legacy_id: str
    name: str
    is_ours: bool


class OrderSearch(ShopifyTransport):
    """Looks for orders by the ids they carry from elsewhere."""

    def find_marked_orders(
        self,
        tiktok_order_ids: Sequence[str],
        *,
        namespace: str = "$app",
        key: str = "tiktok_order_id",
    ) -> Answer[dict[str, MarkedOrder]]:
        """The orders that carry one of up to ten TikTok order ids, by that id.

        The search lags behind writes; the identifier does not. Raises ConfigError when the
        metafield definition is missing. Shopify documentation: orderByIdentifier, orders.
        """
        wanted = list(dict.fromkeys(tiktok_order_ids))
        if len(wanted) > MARKED_ORDERS_A_CALL:
            raise ValueError(f"At most {MARKED_ORDERS_A_CALL} orders a call.")
        tally, found, cursor = Tally(), dict[str, MarkedOrder](), ""
        for _ in range(CANDIDATE_PAGES if wanted else 0):
            variables = _variables(wanted, namespace, key) | {"after": cursor or None}
            answer = self.execute("find_marked_orders", variables, safe=True, strict_search=True)
            tally.add(answer)
            if not isinstance(answer.data.get("orders"), dict):
                raise incomplete("orders", answer.request_id, safe=True)
            page = payloads.page(answer.data["orders"], cursor)
            found = {**_marked(wanted, page.nodes), **found, **_ours(wanted, answer.data)}
            cursor = page.cursor
            if not cursor:
                break
        if cursor:
            tally.warnings.append("more orders look like these than are read")
        return tally.answer(found)


def _variables(wanted: Sequence[str], namespace: str, key: str) -> dict[str, Any]:
    """The document asks for ten; a shorter list is filled up with its last one."""
    filled = [*wanted, *[wanted[-1]] * (MARKED_ORDERS_A_CALL - len(wanted))]
    identifiers = {
        f"id{place}": {"customId": {"namespace": namespace, "key": key, "value": value}}
        for place, value in enumerate(filled)
    }
    terms = " OR ".join(term for value in wanted for term in _terms(value))
    return {**identifiers, "search": terms, "first": CANDIDATES_A_PAGE}


def _terms(value: str) -> Iterator[str]:
    for field in _SEARCHED:
        yield search.term(field, value)
    # Without quotes words inside a longer text match too: "TT-576…" as a name.
    if _WORD.fullmatch(value):
        yield f"name:{value}"
        yield value
    else:
        yield search.term("name", value)


def _ours(wanted: Sequence[str], data: Mapping[str, Any]) -> dict[str, MarkedOrder]:
    rows = {value: data.get(f"id{place}") for place, value in enumerate(wanted)}
    return {value: _order(row, True) for value, row in rows.items() if isinstance(row, dict)}


def _marked(wanted: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, MarkedOrder]:
    """The first order that carries each id, and not as a part of a longer number or word."""
    patterns = {value: _whole(value) for value in wanted}
    found: dict[str, MarkedOrder] = {}
    for row in rows:
        texts = _texts(row)
        for value, pattern in patterns.items():
            if pattern.search(texts):
                found.setdefault(value, _order(row, False))
    return found


def _whole(value: str) -> re.Pattern[str]:
    around = "[0-9]" if value.isdigit() else "[0-9A-Za-z]"
    return re.compile(f"(?<!{around}){re.escape(value)}(?!{around})")


def _texts(row: Mapping[str, Any]) -> str:
    parts = [payloads.text(row.get(n)) for n in ("sourceIdentifier", "name", "poNumber", "note")]
    parts += [payloads.text(tag) for tag in row.get("tags") or ()]
    parts += payloads.attributes(row.get("customAttributes")).values()
    return "\n".join(parts)


def _order(row: Mapping[str, Any], is_ours: bool) -> MarkedOrder:
    return MarkedOrder(
        id=payloads.text(row.get("id")),
        legacy_id=payloads.text(row.get("legacyResourceId")),
        name=payloads.text(row.get("name")),
        is_ours=is_ours,
    )
