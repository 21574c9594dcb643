"""The addresses of the REST API, version 1."""

from typing import Any

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from orders.api import OrderViewSet
from orders.api_backfills import BackfillList
from products.api import LinkViewSet
from products.api_products import ProductList
from tiktoksync.api.views import UnknownAddress
from tiktoksync.runs.api import RunViewSet
from tiktoksync.shops.api import ShopViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet)
router.register("links", LinkViewSet)
router.register("shops", ShopViewSet)
router.register("runs", RunViewSet)

# The document describes the program, not anybody's data: it needs no token.
OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("products/", ProductList.as_view(), name="product-list"),
    path("backfills/", BackfillList.as_view(), name="backfill-list"),
    path("schema/", SpectacularAPIView.as_view(**OPEN), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema", **OPEN), name="docs"),
    path("<path:rest>/", UnknownAddress.as_view()),
]
