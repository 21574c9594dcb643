"""User error codes of Shopify's product and bulk mutations, each with what to do next.

Codes with one meaning only; the ones that many mutations share with a text of their own
(INVALID_INPUT, NOT_FOUND) are left to that text. Shopify documentation: ProductSetUserErrorCode,
BulkOperationUserErrorCode.
"""

from tiktoksync.lib.error_rows import Kind, Row


def _refused(sentence: str, field: str, advice: str) -> Row:
    return Row(Kind.REJECTED, sentence, field=field, advice=advice)


_GIVE_LESS = "Reduce the options of the product on TikTok Shop, then retry."
_OPTION_VALUES = _refused(
    "An option of the product has no values, or a variant lacks one.",
    "options",
    "Give every variant on TikTok Shop a value of each option, then retry.",
)
_DOUBLE_OPTION = _refused(
    "Shopify does not take two options or option values of the same name.",
    "options",
    "Give the product's options on TikTok Shop different names, then retry.",
)
_LOST_OPTION = _refused(
    "The product's options in Shopify are no longer the ones of the variants that were sent.",
    "options",
    "Refresh the product from both sides, then retry.",
)
_LINKED_OPTION = _refused(
    "The product's options in Shopify are linked to metafields and cannot be changed from here.",
    "options",
    "Change the options in Shopify, or unlink them from their metafields, then retry.",
)
_METAFIELD = _refused(
    "Shopify does not take a metafield of the product.",
    "metafields",
    "Connect the store again so that its fields are repaired, then retry.",
)
_WRONG_ID = Row(
    Kind.CONFIG,
    "Shopify does not take the id by which the product is known.",
    advice="Tell whoever runs this installation: a newer version is needed.",
)
_GIFT_CARD = _refused(
    "The product is a gift card, which Shopify does not let this app write.",
    "giftCard",
    "Leave the gift card out.",
)

PRODUCTS: dict[str, Row] = {
    "HANDLE_NOT_UNIQUE": _refused(
        "Another product of the store already uses this product's web address.",
        "handle",
        "Change the handle of one of the two products in Shopify, then retry.",
    ),
    "VARIANTS_OVER_LIMIT": _refused(
        "The product has more variants than the store may hold.",
        "variants",
        "Split the product, or ask Shopify about the limit of variants, then retry.",
    ),
    "OPTIONS_OVER_LIMIT": _refused(
        "Shopify takes no more than three options a product.", "options", _GIVE_LESS
    ),
    "OPTION_VALUES_OVER_LIMIT": _refused(
        "An option has more values than Shopify takes.", "options", _GIVE_LESS
    ),
    "OPTION_VALUES_MISSING": _OPTION_VALUES,
    "PRODUCT_OPTIONS_INPUT_MISSING": _OPTION_VALUES,
    "VARIANTS_INPUT_MISSING": _OPTION_VALUES,
    "DUPLICATED_OPTION_NAME": _DOUBLE_OPTION,
    "DUPLICATED_OPTION_VALUE": _DOUBLE_OPTION,
    "DUPLICATED_VALUE": _DOUBLE_OPTION,
    "OPTION_DOES_NOT_EXIST": _LOST_OPTION,
    "OPTION_VALUE_DOES_NOT_EXIST": _LOST_OPTION,
    "CANNOT_COMBINE_LINKED_AND_NONLINKED_OPTION_VALUES": _LINKED_OPTION,
    "DUPLICATE_LINKED_OPTION": _LINKED_OPTION,
    "DUPLICATED_METAFIELD_VALUE": _LINKED_OPTION,
    "INVALID_METAFIELD_VALUE_FOR_LINKED_OPTION": _LINKED_OPTION,
    "LINKED_METAFIELD_DEFINITION_NOT_FOUND": _LINKED_OPTION,
    "LINKED_OPTIONS_NOT_SUPPORTED_FOR_SHOP": _LINKED_OPTION,
    "INVALID_METAFIELD": _METAFIELD,
    "CAPABILITY_VIOLATION": _METAFIELD,
    "ID_NOT_ALLOWED": _WRONG_ID,
    "INPUT_MISMATCH": _WRONG_ID,
    "METAFIELD_MISMATCH": _WRONG_ID,
    "MISSING_FIELD_REQUIRED": _WRONG_ID,
    "INVENTORY_QUANTITIES_LIMIT_EXCEEDED": _refused(
        "Too many stock numbers came with one product.",
        "inventoryQuantities",
        "Choose fewer locations for the stock, then retry.",
    ),
    "PRODUCT_DOES_NOT_EXIST": Row(Kind.GONE, "The product is no longer in Shopify."),
    "PRODUCT_VARIANT_DOES_NOT_EXIST": Row(
        Kind.GONE,
        "A variant of the product is no longer in Shopify.",
        advice="Refresh the product, link its variants again, then retry.",
    ),
    "PRODUCT_SUSPENDED": _refused(
        "Shopify has suspended the product.",
        "status",
        "Ask Shopify's support why, then retry.",
    ),
    "GIFT_CARDS_NOT_ACTIVATED": _GIFT_CARD,
    "GIFT_CARD_ATTRIBUTE_CANNOT_BE_CHANGED": _GIFT_CARD,
}

_BUSY = Row(Kind.CALL_LIMITED, "Shopify is still busy with other large readings of the store.")

BULK: dict[str, Row] = {
    "OPERATION_IN_PROGRESS": _BUSY,
    "LIMIT_REACHED": _BUSY,
}
