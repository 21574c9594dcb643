"""How long linking equal SKUs takes, and how much memory: set-based, and a row at a time.

A store with so many variants and a shop with as many TikTok SKUs are written into an empty
database; then a run of linking previews and links them all, as a merchant starts it. The same work
a row at a time is measured on a sample, and on everything with `BENCH_ROWS=all`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.harness import ROOT, print_table, write_results

SKUS = int(os.environ.get("BENCH_SKUS", "50000"))
SAMPLE = os.environ.get("BENCH_ROWS", "1000")
MOST_SECONDS, MOST_MEGABYTES = 60.0, 150.0
HEAD = ["database", "SKUs", "how", "seconds", "SKUs/s", "peak MB"]


def main() -> bool:
    """Measure, tell, and say whether the targets were met."""
    results = []
    with tempfile.TemporaryDirectory(prefix="tts-bench-") as folder:
        results += measure("SQLite", f"sqlite:///{folder}/db.sqlite3")
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        with scratch_database(given) as url:
            results += measure("PostgreSQL", url)
    print_table(HEAD, [row_of(one) for one in results])
    print("peak MB: what the process grew by while it linked")
    print(write_results("link_skus", results).relative_to(ROOT))
    runs = [one for one in results if one["how"] == "run"]
    return all(
        one["seconds"] <= MOST_SECONDS and one["megabytes"] <= MOST_MEGABYTES for one in runs
    )


def measure(name: str, url: str) -> list[dict[str, Any]]:
    """One database from empty to linked; each part is a process of its own."""
    child(url, "fill", str(SKUS))
    results = [child(url, how, SAMPLE) for how in ("rows", "store", "run")]
    return [{"database": name, **one} for one in results]


def row_of(one: dict[str, Any]) -> list[Any]:
    pace = one["skus"] / one["seconds"]
    head = [one["database"], f"{one['skus']:,}", one["words"]]
    return [*head, f"{one['seconds']:.2f}", f"{pace:,.0f}", f"{one['megabytes']:.0f}"]


def child(url: str, how: str, argument: str) -> dict[str, Any]:
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {
        "SECRET_KEY": "a benchmark signs nothing",
        "TOKEN_KEYS": "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": url,
        "REDIS_URL": "unix:///nowhere/q.sock",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "tiktoksync.settings",
    }
    command = [sys.executable, "-m", "bench.link_skus", how, argument]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """A database of its own on the given server."""
    import psycopg

    name = f"tts_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


# --- in a process of its own -----------------------------------------------------------------


def play(how: str, argument: str) -> dict[str, Any]:
    """One part, in this process."""
    import django

    django.setup()
    parts = {"fill": fill, "rows": link_rows, "store": link_store, "run": link_run}
    before = megabytes()
    began = time.monotonic()
    result = parts[how](argument)
    seconds = time.monotonic() - began
    return {"how": how, "seconds": seconds, "megabytes": megabytes() - before, **result}


def megabytes() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(count: str) -> dict[str, Any]:
    """A store and a shop with so many equal SKUs, none of them linked, five a product."""
    from django.core.management import call_command
    from django.utils import timezone

    from products.models import Listing, ListingSku, Product, ProductRules, Variant
    from tiktoksync.shops.models import Merchant, Platform, PlatformApp, ShopifyStore, TikTokShop

    call_command("migrate", verbosity=0)
    merchant = Merchant.objects.create(name="Bench")
    apps = [
        PlatformApp.objects.create(platform=one, key=one, secret="-")
        for one in (Platform.SHOPIFY, Platform.TIKTOK)
    ]
    now = timezone.now()
    store = ShopifyStore.objects.create(
        merchant=merchant, app=apps[0], shop_domain="bench.myshopify.com", variants_read_at=now
    )
    shop = TikTokShop.objects.create(
        merchant=merchant, app=apps[1], store=store, shop_id="1", region="US", listings_read_at=now
    )
    ProductRules.objects.create(shop=shop)
    products = range(int(count) // 5)
    gid = "gid://shopify/{}/{}".format
    Product.objects.bulk_create(
        (
            Product(store=store, shopify_product_id=gid("Product", one), title=f"Product {one}")
            for one in products
        ),
        batch_size=1000,
    )
    Listing.objects.bulk_create(
        (Listing(shop=shop, tiktok_product_id=f"17{one}", title=f"L{one}") for one in products),
        batch_size=1000,
    )
    parents = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    listings = list(Listing.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, int(count), 5000):
        numbers = range(start, min(start + 5000, int(count)))
        Variant.objects.bulk_create(
            Variant(
                store=store,
                product_id=parents[one // 5],
                shopify_variant_id=gid("ProductVariant", one),
                sku=f"SKU-{one}",
                sku_key=f"sku-{one}",
                barcode=f"{one:012}",
            )
            for one in numbers
        )
        ListingSku.objects.bulk_create(
            ListingSku(
                shop=shop,
                listing_id=listings[one // 5],
                tiktok_sku_id=f"29{one}",
                seller_sku=f"SKU-{one}",
                sku_key=f"sku-{one}",
            )
            for one in numbers
        )
    return {"skus": int(count), "words": "filling"}


def link_rows(sample: str) -> dict[str, Any]:
    """A row at a time: look for the variant, ask whether it is the only one, link."""
    from products.models import Link, ListingSku, Variant
    from products.services.links import make_link
    from tiktoksync.shops.models import TikTokShop

    shop = TikTokShop.objects.select_related("store").get()
    skus = ListingSku.objects.filter(shop=shop).order_by("pk")
    whole = sample == "all"
    rows = list(skus if whole else skus[: int(sample)])
    began = time.monotonic()
    for sku in rows:
        found = list(Variant.objects.filter(store=shop.store_id, sku_key=sku.sku_key, gone_at=None))
        if len(found) == 1:
            make_link(shop, sku.tiktok_sku_id, found[0], origin=Link.Origin.SAME_SKU)
    seconds = time.monotonic() - began
    assert Link.objects.count() == len(rows)
    Link.objects.all().delete()
    words = "a row at a time, all of them" if whole else "a row at a time, a sample"
    return {"skus": len(rows), "words": words, "seconds": seconds}


def link_store(_: str) -> dict[str, Any]:
    """What happens by itself when both catalogues were read: all links, and what follows."""
    from products.models import Link
    from products.services.auto_link import link_store
    from tiktoksync.shops.models import ShopifyStore

    store = ShopifyStore.objects.get()
    cursor = link_store(store)
    while cursor:
        cursor = link_store(store, cursor)
    made = Link.objects.count()
    assert made > 0
    Link.objects.all().delete()
    return {"skus": made, "words": "set-based, by itself"}


def link_run(_: str) -> dict[str, Any]:
    """A run as a merchant starts it: the preview with its items, then the work."""
    from products.models import Link
    from products.services.product_runs import ProductRuns
    from products.services.product_wishes import begin_link
    from tiktoksync.shops.models import TikTokShop
    from tiktoksync.sync.lanes import Lane, drain

    shop = TikTokShop.objects.get()
    run = begin_link(shop, start=True)
    while run.is_active or run.is_ready:
        drain(Lane(ProductRuns.stem, shop.pk))
        run.refresh_from_db()
    assert run.status == run.Status.FINISHED, run.message
    assert run.done == Link.objects.count()
    return {"skus": run.done, "words": "set-based, a whole run with its preview"}


if __name__ == "__main__":
    print(json.dumps(play(*sys.argv[1:])))
