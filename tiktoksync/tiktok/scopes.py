"""Which permission an endpoint needs, by the name it has in TikTok Shop Partner Center.

TikTok's refusal does not name it. TikTok Shop documentation: Access scopes.
"""

import re

from tiktoksync.errors import NotAuthorized

_SPLIT = "seller.fulfillment.package.write"
_CATALOGUE_WRITE = "seller.product.write"
_AREAS = {
    "authorization": "seller.authorization.info",
    "event": "seller.authorization.info",
    "order": "seller.order.info",
    "logistics": "seller.logistics",
    "fulfillment": "seller.fulfillment.basic",
    "return_refund": "seller.return_refund.basic",
    "product": "seller.product.basic",
}
#: The calls that change the catalogue; the others of its area only read.
_CHANGES = re.compile(
    r"/product/\d+/(products(/activate|/deactivate|/[^/]+/partial_edit|/[^/]+/\w+/update)?"
    r"|images/upload)"
)


def needed_scope(path: str) -> str:
    """The permission of an endpoint that is used here; "" if it is not known."""
    area = path.strip("/").partition("/")[0]
    if _CHANGES.fullmatch(path):
        return _CATALOGUE_WRITE
    return _SPLIT if path.endswith("/split") else _AREAS.get(area, "")


def name_permission(error: NotAuthorized, path: str) -> None:
    """Let a refusal for want of a permission say which one the app lacks."""
    scope = needed_scope(path)
    if error.account_reason == "scope_missing" and scope:
        error.message = (
            f"TikTok Shop has not granted the permission {scope}. Turn it on for the app in "
            "TikTok Shop Partner Center, then authorize the app again."
        )
