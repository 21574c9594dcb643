"""The application's own signers and verifiers, for the clients of others to judge and to feed.

`our_side.py sign` leaves what our code signed; `our_side.py judge` lets our code judge what the
clients signed. Runs in the application's environment, from the repository's root.
"""

import json
import os
import random
import sys
from typing import Any

import checks
from checks import Check, equal

SEED = 20261123
RANDOM_REQUESTS = 200
CLIENT = "TikTokSync"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=x"
WORDS = ["Áo thun", "größe M 👕", "a&b=c", "100%", "+/==", "日本語", 'quote " and \\', "plain", " "]
NAMES = [
    "demo-us.myshopify.com",
    "A.myshopify.com",
    "1-2-3.myshopify.com",
    "demo--us.myshopify.com",
    "",
    "demo-us",
    ".myshopify.com",
    "myshopify.com",
    "-demo.myshopify.com",
    "a.b.myshopify.com",
    "dé.myshopify.com",
    "demo us.myshopify.com",
    "demo.myshopify.com\n",
    "\ndemo.myshopify.com",
    "demo.myshopify.com.evil.example",
    "evil.example/demo.myshopify.com",
    "evil.example#.myshopify.com",
    "demo.myshopify.com@evil.example",
    "demo.myshopify.com:443",
    "demo.myshopify.com?x=1",
    "demo.myshopify.com/admin",
    "https://demo.myshopify.com",
    "demo.myshopifyXcom",
]
PATHS = [
    "/order/202309/orders/search",
    "/order/202507/orders",
    "/fulfillment/202309/orders/576461413038785752/packages",
    "/product/202309/products/1729/inventory/update",
]


def make_requests() -> list[dict[str, Any]]:
    """The documented vectors and random requests, each with our signature."""
    from tests.tiktok.test_signing import VECTORS
    from tiktoksync.tiktok.signing import sign

    rows = []
    for name, (secret, path, query, body, kind, expected) in VECTORS.items():
        found = sign(secret, path, query, body.encode(), kind)
        equal((name, found), (name, expected))
        rows.append(row_of(name, secret, path, query, body, kind, found))
    dice = random.Random(SEED)
    for number in range(RANDOM_REQUESTS):
        secret, path, query, body, kind = make_request(dice)
        found = sign(secret, path, query, body.encode(), kind)
        rows.append(row_of(f"random {number}", secret, path, query, body, kind, found))
    return rows


def row_of(
    name: str, secret: str, path: str, query: dict[str, str], body: str, kind: str, found: str
) -> dict[str, Any]:
    return {"name": name, "secret": secret, "path": path, "query": dict(query), "body": body,
            "content_type": kind, "sign": found}  # fmt: skip


def make_request(dice: random.Random) -> tuple[str, str, dict[str, str], str, str]:
    query = {
        "app_key": f"key{dice.randrange(10**6)}",
        "timestamp": str(1760000000 + dice.randrange(10**7)),
    }
    if dice.random() < 0.8:
        query["shop_cipher"] = f"ROW_{dice.randrange(10**9)}"
    for name in dice.sample(["page_size", "page_token", "sort_field", "ids", "Zone", "a_b"], 3):
        query[name] = dice.choice(WORDS).strip() or "x"
    multipart = dice.random() < 0.1
    body = make_body(dice) if dice.random() < 0.7 and not multipart else ""
    secret = f"secret-{dice.randrange(10**12)}"
    return secret, dice.choice(PATHS), query, body, MULTIPART if multipart else JSON


def make_body(dice: random.Random) -> str:
    """JSON as JavaScript writes it: no spaces, no escapes of letters."""
    body: dict[str, Any] = {"title": dice.choice(WORDS), "count": dice.randrange(10**9)}
    body["lines"] = [{"id": str(dice.randrange(10**18)), "name": dice.choice(WORDS)}
                     for _ in range(dice.randrange(3))]  # fmt: skip
    body["flag"] = dice.choice([True, False, None])
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def make_webhooks() -> dict[str, list[dict[str, str]]]:
    from tiktoksync.shopify.auth import webhook_signature as sign_shopify
    from tiktoksync.tiktok.signing import webhook_signature as sign_tiktok

    dice = random.Random(SEED)
    tiktok, shopify = [], []
    for number in range(20):
        body, secret = make_body(dice), f"secret-{number}"
        key = f"key{number}"
        header = sign_tiktok(key, secret, body.encode())
        tiktok.append({"app_key": key, "secret": secret, "body": body, "header": header})
        header = sign_shopify(secret, body.encode())
        shopify.append({"secret": secret, "body": body, "header": header})
    return {"tiktok_webhooks": tiktok, "shopify_webhooks": shopify}


def judge_names() -> list[dict[str, Any]]:
    """Names of stores, good and evil, and whether our code takes them."""
    from tiktoksync.errors import Rejected
    from tiktoksync.shopify.auth import shop_domain

    rows = []
    for given in NAMES:
        try:
            shop_domain(given)
        except Rejected:
            rows.append({"given": given, "taken": False})
        else:
            rows.append({"given": given, "taken": True})
    return rows


def sign() -> None:
    with Check(CLIENT, "signatures of the documented vectors") as check:
        rows = make_requests()
        more = {**make_webhooks(), "shops": judge_names()}
        checks.leave("ours", {"seed": SEED, "requests": rows, **more})
        count = len(rows) - RANDOM_REQUESTS
        check.result = f"{count} of {count} as documented; {RANDOM_REQUESTS} random, seed {SEED}"


def judge_webhooks(source: str) -> None:
    from tiktoksync.shops.models import Platform, PlatformApp
    from tiktoksync.webhooks.verify import is_signed_by

    with Check(CLIENT, f"webhooks that {source} signed") as check:
        rows = checks.read(source.replace("/", "-"))["webhooks"]
        for row in rows:
            app = PlatformApp(platform=Platform.SHOPIFY, key="key")
            app.secret = row["secret"]
            raw = row["body"].encode()
            good = is_signed_by(app, raw, row["header"])
            bad = [is_signed_by(app, raw + b" ", row["header"]), is_signed_by(app, raw, "AA==")]
            app.secret = row["secret"] + "x"
            equal((good, *bad, is_signed_by(app, raw, row["header"])), (True, False, False, False))
        equal(len(rows) > 0, True)
        check.result = f"{len(rows)} of {len(rows)} accepted, the changed ones refused"


def judge_queries(source: str) -> None:
    from tiktoksync.errors import SignatureError
    from tiktoksync.shopify.auth import verify_query_hmac

    with Check(CLIENT, f"OAuth callbacks that {source} signed") as check:
        rows = checks.read(source.replace("/", "-"))["queries"]
        for row in rows:
            verify_query_hmac(row["params"], row["secret"])
            other = {**row["params"], "shop": "other.myshopify.com"}
            checks.refused(lambda o=other, r=row: verify_query_hmac(o, r["secret"]), SignatureError)
        equal(len(rows) > 0, True)
        check.result = f"{len(rows)} of {len(rows)} accepted, another shop's name refused"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    if sys.argv[1] == "sign":
        sign()
    else:
        judge_webhooks("@shopify/shopify-api")
        judge_queries("ShopifyAPI")


if __name__ == "__main__":
    main()
