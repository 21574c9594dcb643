"""People who connect: what they ask for, and what they bring back from a platform's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.flows.world import US_SHOP, US_STORE
from tests.web.reading import text_of
from tiktoksync.connecting.models import TikTokGrant
from tiktoksync.connecting.refusals import REFUSALS, Refused
from tiktoksync.sandbox.shopify.oauth import query_hmac
from tiktoksync.shops.models import (
    Credential,
    Membership,
    Merchant,
    SettingsChange,
    ShopifyStore,
    TikTokShop,
)

PUBLIC = "http://testserver"
PLATFORM_PAGES = {"shopify": "connect-shopify-callback", "tiktok": "connect-tiktok-callback"}


@dataclass
class Person:
    """Somebody with a browser, and a role at a merchant."""

    user: User
    merchant: Merchant
    client: Client

    def ask_shopify(self, store: str = US_STORE, back_to: str = "") -> Any:
        """Set out for a store's consent page; the page in between."""
        wish = {"shop": store, "back_to": back_to}
        return self.client.post(reverse("connect-shopify-begin"), wish)

    def ask_tiktok(self, store: ShopifyStore | None = None, shop_id: str = "") -> Any:
        """Set out for TikTok's consent page, for a new shop or for one that is known."""
        wish = {"region": "us", "store": str(store.pk) if store else "", "shop_id": shop_id}
        return self.client.post(reverse("connect-tiktok-begin"), wish)

    def come_back(self, platform: str, answer: Mapping[str, str], **get: Any) -> Any:
        """Open the page that a platform sends people back to."""
        return self.client.get(reverse(PLATFORM_PAGES[platform]), answer, **get)

    def connect_store(self, store: str = US_STORE) -> ShopifyStore:
        """The whole way to a connected store."""
        said = self.come_back("shopify", agree(self.ask_shopify(store)))
        assert said.status_code == 302, text_of(said)
        return ShopifyStore.objects.get(shop_domain=store)

    def connect_shop(self, store: ShopifyStore, shop_id: str = US_SHOP) -> TikTokShop:
        """The whole way to a connected shop."""
        said = self.come_back("tiktok", agree(self.ask_tiktok(store), shop_id=shop_id))
        assert said.status_code == 302, text_of(said)
        return TikTokShop.objects.get(shop_id=shop_id)


def make_person(name: str, merchant: Merchant, role: str = "owner") -> Person:
    """A member of a merchant's team, signed in."""
    user = User.objects.create_user(name, f"{name}@example.com", "correct horse staple")
    Membership.objects.create(user=user, merchant=merchant, role=role)
    return Person(user, merchant, browser_of(user, merchant))


def browser_of(user: User, merchant: Merchant) -> Client:
    """Another browser of the same person, who looks at one merchant."""
    client = Client()
    client.force_login(user)
    client.post(reverse("choose-merchant"), {"merchant": str(merchant.pk)})
    return client


def agree(left: Any, **more: str) -> dict[str, str]:
    """Agree on the platform's page, as its owner does; what the platform sends back."""
    address = urlsplit(left.context["consent_url"])
    query = "&".join([address.query, urlencode(more)]).strip("&")
    connection = HTTPConnection(address.netloc, timeout=20)
    connection.request("GET", f"{address.path}?{query}")
    back = connection.getresponse().getheader("Location") or ""
    connection.close()
    assert back.startswith(PUBLIC), back
    return dict(parse_qsl(urlsplit(back).query))


def signed(params: Mapping[str, str], secret: str) -> dict[str, str]:
    """The same query, signed as Shopify signs."""
    bare = {name: value for name, value in params.items() if name != "hmac"}
    return {**bare, "hmac": query_hmac(list(bare.items()), secret)}


def refused(said: Any, reason: str, **facts: str) -> None:
    """The page gives this reason in its words, and nothing is stored."""
    words = Refused(reason, **facts).words
    assert said.context["reason"] == reason
    assert said.status_code == REFUSALS[reason].status
    page = text_of(said)
    for part in (words.title, words.text, words.fix):
        assert " ".join(part.split()) in page, part


def stored() -> dict[str, list[Any]]:
    """Everything that connecting may leave behind."""
    return {
        "stores": list(ShopifyStore.objects.values().order_by("pk")),
        "shops": list(TikTokShop.objects.values().order_by("pk")),
        "tokens": list(
            Credential.objects.values_list("pk", "access_token", "refresh_token").order_by("pk")
        ),
        "grants": list(TikTokGrant.objects.values_list("pk", flat=True)),
        "audit": list(SettingsChange.objects.values_list("pk", flat=True).order_by("pk")),
    }
