"""Both catalogues as far as they are known, the links between them, and the work on them."""

from products.models.catalogue import (
    UNREAD_PRODUCT,
    InventoryLevel,
    Listing,
    ListingSku,
    Location,
    Product,
    Variant,
    sku_key,
)
from products.models.links import Link, RemovedLink, SkuLookup
from products.models.rules import ProductRules, UploadTemplate
from products.models.work import (
    ImageSource,
    ListingTask,
    ProductImport,
    ProductUpload,
    UploadedImage,
)

__all__ = [
    "UNREAD_PRODUCT",
    "ImageSource",
    "InventoryLevel",
    "Link",
    "Listing",
    "ListingSku",
    "ListingTask",
    "Location",
    "Product",
    "ProductImport",
    "ProductRules",
    "ProductUpload",
    "RemovedLink",
    "SkuLookup",
    "UploadTemplate",
    "UploadedImage",
    "Variant",
    "sku_key",
]
