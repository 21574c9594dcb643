"""Both platforms as stand-ins, a connected pair, no queue."""

from tests.orders.services.conftest import (  # noqa: F401  fixtures
    pair,
    platforms,
    shopify,
    tiktok,
    wakes,
    work,
)
