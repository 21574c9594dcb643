"""Addresses of the products pages."""

from django.urls import path

from products import views, views_pages

urlpatterns = [
    path("", views.list_products, name="products"),
    path("rows/", views.refresh_products, name="products-rows"),
    path("refresh/", views.refresh_catalogue, name="products-refresh"),
    path("shopify/<int:number>/", views_pages.show_product, name="product-page"),
    path(
        "tiktok/<str:shop_id>/<str:tiktok_product_id>/",
        views_pages.show_listing,
        name="listing-page",
    ),
    path("link/<str:shop_id>/<str:tiktok_sku_id>/", views.pick_variant, name="product-link"),
    path("link/<str:shop_id>/<str:tiktok_sku_id>/make/", views.make_link, name="product-link-make"),
    path("links/<int:link_id>/remove/", views.remove_link, name="product-link-remove"),
]
