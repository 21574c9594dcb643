"""The same stage as the order flows'."""

from tests.orders.services.conftest import (  # noqa: F401
    pair,
    platforms,
    shopify,
    tiktok,
    wakes,
    work,
)
