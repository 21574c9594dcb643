"""What each flow does, in a merchant's words."""

from __future__ import annotations

FLOWS = {
    "push_orders": "Create order in Shopify",
    "push_fulfillments": "Send tracking to TikTok",
    "push_packages": "Note TikTok's parcel in Shopify",
    "push_cancellations": "Cancel in Shopify",
    "answer_cancel_requests": "Answer the buyer's wish to cancel",
    "push_seller_cancellations": "Cancel on TikTok",
    "push_refunds": "Take units off the order in Shopify",
    "push_addresses": "Correct the address in Shopify",
    "push_references": "Note Shopify's number on TikTok",
    "link_skus": "Look up SKU in Shopify",
    "upload_products": "List product on TikTok",
    "import_products": "Create product in Shopify",
    "push_stock": "Tell TikTok the stock",
    "push_prices": "Tell TikTok the prices",
    "push_listing_states": "Put on or off sale on TikTok",
    "push_external_ids": "Note Shopify's ids on TikTok",
    "refresh_tokens": "Renew access",
    "pull_orders": "Ask TikTok for orders",
    "pull_fulfillments": "Ask Shopify for shipments",
}
#: The work of each model that queues itself.
_WORK = {
    "orders.order": FLOWS["push_orders"],
    "orders.fulfillment": FLOWS["push_fulfillments"],
    "orders.packagefulfillment": FLOWS["push_packages"],
    "orders.cancellation": FLOWS["push_cancellations"],
    "orders.cancelrequest": FLOWS["answer_cancel_requests"],
    "orders.sellercancellation": FLOWS["push_seller_cancellations"],
    "orders.refund": FLOWS["push_refunds"],
    "orders.addresschange": FLOWS["push_addresses"],
    "orders.externalreference": FLOWS["push_references"],
    "products.productupload": FLOWS["upload_products"],
    "products.productimport": FLOWS["import_products"],
    "products.listingtask": "Change a listing on TikTok",
    "products.skulookup": FLOWS["link_skus"],
    "shops.credential": FLOWS["refresh_tokens"],
}


def flow_words(flow: str) -> str:
    """What a flow does; one without words keeps its name."""
    return FLOWS.get(flow) or flow.replace("_", " ").capitalize()


def work_words(label: str) -> str:
    """What is done for the rows of a model."""
    return _WORK[label]
