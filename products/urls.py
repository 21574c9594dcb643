"""Addresses of the products pages."""

from django.urls import path

from products import (
    views,
    views_bulk,
    views_links,
    views_links_file,
    views_pages,
    views_settings,
    views_templates,
)

LISTING = "tiktok/<str:shop_id>/<str:tiktok_product_id>/"
SKU = "link/<str:shop_id>/<str:tiktok_sku_id>/"

urlpatterns = [
    path("", views.list_products, name="products"),
    path("rows/", views.refresh_products, name="products-rows"),
    path("state/", views.show_state, name="products-state"),
    path("refresh/", views.refresh_catalogue, name="products-refresh"),
    path("act/", views_bulk.act, name="products-act"),
    path("link-equal/", views_bulk.link_equal, name="products-link-equal"),
    path("shopify/<int:number>/", views_pages.show_product, name="product-page"),
    path("shopify/<int:number>/act/", views_pages.act_on_product, name="product-act"),
    path(LISTING, views_pages.show_listing, name="listing-page"),
    path(f"{LISTING}act/", views_pages.act_on_listing, name="listing-act"),
    path(f"{LISTING}lock/", views_pages.lock_sku, name="listing-lock"),
    path(SKU, views_links.pick_variant, name="product-link"),
    path(f"{SKU}make/", views_links.make_link, name="product-link-make"),
    path("links.csv", views_links_file.download_links, name="products-links-download"),
    path("links/file/", views_links_file.show_file_form, name="products-links-file"),
    path("links/file/check/", views_links_file.check_file, name="products-links-check"),
    path("links/file/take/", views_links_file.take_file, name="products-links-take"),
    path("links/<int:link_id>/", views_links.confirm_unlink, name="product-unlink"),
    path("links/<int:link_id>/remove/", views_links.remove_link, name="product-link-remove"),
    path("templates/", views_templates.list_templates, name="upload-templates"),
    path("templates/<int:template_id>/", views_templates.show_template, name="upload-template"),
    path(
        "templates/<int:template_id>/delete/",
        views_templates.delete_template,
        name="upload-template-delete",
    ),
    path("templates/for/<str:shop_id>/", views_templates.add_template, name="upload-template-add"),
    path(
        "templates/for/<str:shop_id>/save/",
        views_templates.save_template,
        name="upload-template-save",
    ),
    path("rules/<str:shop_id>/", views_settings.save_rules, name="settings-products"),
    path("rules/<str:shop_id>/reset/", views_settings.reset_rules, name="settings-products-reset"),
    path(
        "rules/<str:shop_id>/example/",
        views_settings.show_example,
        name="settings-products-example",
    ),
]
