"""The closed set of buttons that a failure can offer, and where each leads. No database is read."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.urls import reverse


class Action(models.TextChoices):
    """What a person can do about a failure; the label is the button's."""

    LINK_SKU = "link_sku", "Link the SKU"
    RETRY = "retry", "Retry"
    RESEND_TRACKING = "resend_tracking", "Resend tracking"
    RELEASE = "release", "Sync it now"
    RECONNECT = "reconnect", "Reconnect"
    EDIT_CARRIERS = "edit_carriers", "Map the carrier"
    OPEN_ORDER_SETTINGS = "open_order_settings", "Open order settings"
    OPEN_PRODUCT_SETTINGS = "open_product_settings", "Open product settings"
    EDIT_TEMPLATE = "edit_template", "Open upload templates"
    OPEN_PRODUCTS = "open_products", "Open products"
    OPEN_TIKTOK = "open_tiktok", "Open TikTok Seller Center"
    OPEN_SHOPIFY = "open_shopify", "Open Shopify"
    WAIT = "wait", "Nothing to do"
    CONTACT_SUPPORT = "contact_support", "Get help"


#: Seller Center signs a seller in and shows the region that the account belongs to.
SELLER_CENTER = "https://seller.tiktokshop.com/"
SELLER_CENTERS = {"US": "https://seller-us.tiktok.com/"}
SHOPIFY_ADMIN = "https://admin.shopify.com/"

#: The button leads to where the advice sends; the first phrase that the advice holds decides.
_LEADS: tuple[tuple[str, Action], ...] = (
    ("Nothing to do", Action.WAIT),
    ("Nothing is to be done", Action.WAIT),
    ("Nothing needs to be done", Action.WAIT),
    ("Nothing can be sent", Action.WAIT),
    ("goes on by itself at", Action.WAIT),
    ("Tell whoever runs", Action.CONTACT_SUPPORT),
    ("on the server", Action.CONTACT_SUPPORT),
    ("Have the server", Action.CONTACT_SUPPORT),
    ("Partner Center", Action.CONTACT_SUPPORT),
    ("by the ids", Action.CONTACT_SUPPORT),
    ("tell support", Action.CONTACT_SUPPORT),
    ("onnect the", Action.RECONNECT),
    ("Connect it", Action.RECONNECT),
    ("connect it", Action.RECONNECT),
    ("connect another", Action.RECONNECT),
    ("the map of carriers", Action.EDIT_CARRIERS),
    ("map it in the settings", Action.EDIT_CARRIERS),
    ("Choose the Shopify variant", Action.LINK_SKU),
    ("Choose another Shopify variant", Action.LINK_SKU),
    ("Choose which of the Shopify variants", Action.LINK_SKU),
    ("template", Action.EDIT_TEMPLATE),
    ("stock rule", Action.OPEN_PRODUCT_SETTINGS),
    ("price rule", Action.OPEN_PRODUCT_SETTINGS),
    ("product settings", Action.OPEN_PRODUCT_SETTINGS),
    ("settings of imports", Action.OPEN_PRODUCT_SETTINGS),
    ("in the settings", Action.OPEN_PRODUCT_SETTINGS),
    ("order settings", Action.OPEN_ORDER_SETTINGS),
    ("eller Center", Action.OPEN_TIKTOK),
    ("eller centre", Action.OPEN_TIKTOK),
    ("on TikTok", Action.OPEN_TIKTOK),
    ("TikTok Shop's support", Action.OPEN_TIKTOK),
    ("Shopify's support", Action.OPEN_SHOPIFY),
    ("in Shopify", Action.OPEN_SHOPIFY),
    ("to the Shopify store", Action.OPEN_SHOPIFY),
    ("Shopify order", Action.OPEN_SHOPIFY),
    ("Link ", Action.OPEN_PRODUCTS),
    ("link", Action.OPEN_PRODUCTS),
    ("catalogue", Action.OPEN_PRODUCTS),
    ("etry", Action.RETRY),
    ("platform's support", Action.CONTACT_SUPPORT),
)


def action_for(fix: str) -> Action:
    """The button that goes with a piece of advice."""
    return next((action for words, action in _LEADS if words in fix), Action.OPEN_PRODUCTS)


@dataclass(frozen=True, slots=True)
class About:
    """What a failure is about, as far as it is known: it makes a button lead to the very thing."""

    order_id: str = ""
    shopify_url: str = ""
    region: str = ""
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `is_post` ones are sent by a form, `is_outside` ones open a platform's own page.

    Waiting has a label and leads nowhere.
    """

    action: str
    label: str
    address: str
    is_post: bool = False
    is_outside: bool = False


def button_of(action: str, about: About | None = None, label: str = "") -> Button:
    """The button of an action for one thing."""
    about = about or About()
    chosen = Action(action)
    posted = _posted(chosen, about)
    address = posted or _address(chosen, about)
    return Button(
        action=chosen.value,
        label=label or str(chosen.label),
        address=address,
        is_post=bool(posted),
        is_outside=address.startswith("https://"),
    )


def _posted(action: Action, about: About) -> str:
    """Where an action is done at once, if it is known to what."""
    if action in (Action.RETRY, Action.RESEND_TRACKING):
        if about.order_id:
            return reverse("order-retry", args=[about.order_id])
        return reverse("run-retry", args=[about.run_id]) if about.run_id else ""
    if action == Action.RELEASE and about.order_id:
        return reverse("order-release", args=[about.order_id])
    return ""


def _address(action: Action, about: About) -> str:
    """The page where a person does it."""
    match action:
        case Action.WAIT:
            return ""
        case Action.LINK_SKU if about.order_id:
            return reverse("order-link", args=[about.order_id])
        case Action.RETRY | Action.RESEND_TRACKING | Action.RELEASE:
            return reverse("order", args=[about.order_id]) if about.order_id else reverse("orders")
        case Action.RECONNECT:
            return reverse("connect")
        case Action.EDIT_CARRIERS | Action.OPEN_ORDER_SETTINGS | Action.OPEN_PRODUCT_SETTINGS:
            return reverse(_SECTIONS[action])
        case Action.EDIT_TEMPLATE:
            return reverse("upload-templates")
        case Action.LINK_SKU | Action.OPEN_PRODUCTS:
            return reverse("products")
        case Action.OPEN_TIKTOK:
            return SELLER_CENTERS.get(about.region, SELLER_CENTER)
        case Action.OPEN_SHOPIFY:
            return about.shopify_url or SHOPIFY_ADMIN
        case Action.CONTACT_SUPPORT:
            return settings.SUPPORT_URL or f"{reverse('help-errors')}#getting-help"


_SECTIONS = {
    Action.EDIT_CARRIERS: "settings-fulfillment",
    Action.OPEN_ORDER_SETTINGS: "settings-orders",
    Action.OPEN_PRODUCT_SETTINGS: "settings-product-rules",
}
