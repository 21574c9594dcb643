"""The addresses of the REST API, version 1."""

from typing import Any

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from orders.api import OrderViewSet
from orders.api_backfills import BackfillList
from products.api import LinkViewSet
from products.api_products import ProductList
from products.api_rules import ProductRulesView, UploadTemplateViewSet
from products.api_wishes import (
    CatalogueRefresh,
    ImportList,
    LinkRunList,
    PushList,
    SkuLocks,
    SuggestionList,
    UploadList,
)
from tiktoksync.api.views import UnknownAddress
from tiktoksync.runs.api import RunDownload, RunItemList, RunViewSet
from tiktoksync.shops.api import ShopViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet)
router.register("links", LinkViewSet)
router.register("shops", ShopViewSet)
router.register("runs", RunViewSet)
router.register("upload-templates", UploadTemplateViewSet)

# The document describes the program, not anybody's data: it needs no token.
OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("products/", ProductList.as_view(), name="product-list"),
    path("products/upload/", UploadList.as_view(), name="product-upload"),
    path("products/import/", ImportList.as_view(), name="product-import"),
    path("products/push/", PushList.as_view(), name="product-push"),
    path("products/link/", LinkRunList.as_view(), name="product-link-run"),
    path("products/skus/<str:tiktok_sku_id>/lock/", SkuLocks.as_view(), name="sku-lock"),
    re_path(r"^runs/(?P<pk>[0-9]+)/confirm/$", SuggestionList.as_view(), name="run-confirm"),
    path("products/refresh/", CatalogueRefresh.as_view(), name="product-refresh"),
    path(
        "shops/<str:tiktok_shop_id>/product-rules/",
        ProductRulesView.as_view(),
        name="product-rules",
    ),
    re_path(r"^runs/(?P<pk>[0-9]+)/items/$", RunItemList.as_view(), name="run-items"),
    re_path(r"^runs/(?P<pk>[0-9]+)/items\.csv$", RunDownload.as_view(), name="run-download"),
    path("backfills/", BackfillList.as_view(), name="backfill-list"),
    path("schema/", SpectacularAPIView.as_view(**OPEN), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema", **OPEN), name="docs"),
    path("<path:rest>/", UnknownAddress.as_view()),
]
