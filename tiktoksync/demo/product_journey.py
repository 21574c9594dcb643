"""The steps of the check that products take, each seen on both platforms and in the app."""

from typing import Any

from tiktoksync.demo import product_proof as proof
from tiktoksync.demo.app import App
from tiktoksync.demo.platforms import Platforms
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.watching import require, wait_for
from tiktoksync.demo.world import Pair

Row = dict[str, Any]
RUN_SECONDS = 180.0
UNLINKED: Row = {"filter": {"link": "unlinked"}}
# Causes that the demo catalogue is made to show.
EXPECTED_CAUSES = (
    "attribute_required",
    "image_too_small",
    "no_image",
    "sku_form",
    "weight_missing",
)
# Two products of the demo carry one SKU: the second finds it taken.
EXPECTED_FAILURES = {"sku_taken": 1}
# What a default template tells TikTok of parcels that Shopify says nothing of.
PARCEL: Row = {
    "package_weight": "0.5",
    "weight_unit": "KILOGRAM",
    "package_length": "30",
    "package_width": "20",
    "package_height": "10",
    "size_unit": "CENTIMETER",
}
PARCEL_CAUSES = ("size_missing", "weight_missing")
# The sandbox's reviewers refuse such a title.
REFUSED: Row = {
    "title": "REJECT-ME Miracle Cure Wall Poster",
    "type": "Art",
    "options": [],
    "images": [{"key": "miracle-1", "width": 1200, "height": 1200}],
    "variants": [{"sku": "MIRACLE-1", "values": [], "price": "9.00", "inventory": 5, "grams": 90}],
}
REVIEWED = ("ACTIVATE", "FAILED")
COUNTED_SKU, COUNTED = "KETTLE-2L", 7


class ProductJourney:
    """Leads the products of one pair; every method is a step that raises StepFailed if not seen."""

    def __init__(self, app: App, platforms: Platforms, teller: Teller, pair: Pair) -> None:
        self.app = app
        self.platforms = platforms
        self.teller = teller
        self.pair = pair
        self.shop_id = pair.shop_id

    def see_catalogues(self) -> None:
        """Both catalogues are mirrored whole."""
        name = "both catalogues mirrored"
        self.app.refresh_products()
        there = {
            "shopify": len(self.platforms.products(self.pair)),
            "tiktok": len(self.platforms.listings(self.shop_id)),
        }

        def look() -> str:
            here = {side: len(self.app.all_products(side, self.shop_id)) for side in there}
            return "" if here == there else f"{here} here, {there} there"

        wait_for(name, look)
        require(name, "" if there["shopify"] >= 60 else "fewer than 60 products")
        self.teller.step(name, **there)

    def see_links(self) -> None:
        """Equal SKUs have found each other."""
        name = "equal SKUs linked by themselves"

        def look() -> str:
            origins = {link["shopify_sku"]: link["origin"] for link in self.app.links(self.shop_id)}
            return "" if origins.get("MUG-12") == "same_sku" else "MUG-12 is not linked"

        wait_for(name, look)
        self.teller.step(name, links=len(self.app.links(self.shop_id)))

    # --- Shopify → TikTok -------------------------------------------------------------------------

    def preview_upload(self) -> Row:
        """A dry run says what TikTok would refuse, and changes nothing."""
        name = "upload: the dry run tells what would fail, by cause"
        self.app.change_rules(self.shop_id, price_percent=proof.PERCENT, price_rounding="99")
        before = self.platforms.listings(self.shop_id)
        run = self._settled(self.app.begin("upload", self.shop_id, dry_run=True, **UNLINKED), name)
        require(name, "" if run["status"] == "ready" else f"it is {run['status']}")
        ready, causes = run["left"], proof.groups_of(run, "skipped", "failed")
        missing = [cause for cause in EXPECTED_CAUSES if cause not in causes]
        require(name, f"no product under {missing}: {causes}" if missing else "")
        require(name, "" if ready >= 20 else f"only {ready} are ready")
        after = self.platforms.listings(self.shop_id)
        require(name, "" if len(after) == len(before) else "it changed TikTok")
        self.teller.step(name, ready=ready, left_out=causes)
        return run

    def upload(self, preview: Row) -> None:
        """What is ready is listed, each product once, at the price of the rule."""
        name = "upload: each product listed exactly once, priced by rule"
        known = {row["id"] for row in self.platforms.listings(self.shop_id)}
        self.platforms.forget_calls()
        run = self._settled(self.app.run(preview["id"], "start"), name)
        calls = self.platforms.calls()
        failed = proof.groups_of(run, "failed")
        require(name, "" if failed == EXPECTED_FAILURES else f"these failed: {failed}")
        listed = [row for row in self.platforms.listings(self.shop_id) if row["id"] not in known]
        done = [item["remote_id"] for item in self.app.run_items(run["id"], state="done")]
        ids = {gid.rpartition("/")[2] for gid in done}
        shown = [{**row, "external_product_id": _number(row)} for row in listed]
        require(name, proof.doubled(shown, ids))
        require(name, "" if len(listed) == run["done"] else f"{len(listed)} new listings")
        variants = [v for p in self.platforms.products(self.pair) for v in p["variants"]["nodes"]]
        prices = proof.prices_of(variants)
        require(name, proof.prices_differ(listed, prices))
        self.teller.step(name, listed=len(listed), failed=failed, calls=_product_calls(calls))
        self._see_reviewed({row["id"] for row in listed})

    def _see_reviewed(self, listed: set[str]) -> None:
        name = "upload: TikTok's review mirrored"

        def look() -> str:
            there = {
                row["id"]: row["status"]
                for row in self.platforms.listings(self.shop_id)
                if row["id"] in listed
            }
            open_ones = sum(status not in REVIEWED for status in there.values())
            if open_ones:
                return f"{open_ones} are under review"
            here = {
                row["id"]: row["status"] for row in self.app.all_products("tiktok", self.shop_id)
            }
            behind = sum(here.get(key) != status for key, status in there.items())
            return f"{behind} stand otherwise in the app" if behind else ""

        wait_for(name, look, RUN_SECONDS)
        rows = [row for row in self.platforms.listings(self.shop_id) if row["id"] in listed]
        live = sum(row["status"] == "ACTIVATE" for row in rows)
        self.teller.step(name, live=live, refused=len(rows) - live)

    def upload_with_template(self) -> None:
        """A template fills what Shopify does not say: those products go as well."""
        name = "upload: a template fills what Shopify does not say"
        self.app.add_template(self.shop_id, name="Parcels", is_default=True, **PARCEL)
        before = len(self.platforms.listings(self.shop_id))
        run = self._settled(self.app.begin("upload", self.shop_id, **UNLINKED), name)
        left = proof.groups_of(run, "skipped")
        missing = [cause for cause in PARCEL_CAUSES if cause in left]
        require(name, f"still left out for {missing}" if missing else "")
        more = len(self.platforms.listings(self.shop_id)) - before
        require(name, "" if more == run["done"] >= 5 else f"{more} more, {run['done']} done")
        self.teller.step(name, listed=more, left_out=left)

    def see_refused_review(self) -> None:
        """TikTok's reviewers refuse one; the app says why."""
        name = "upload: a refused review told with its reasons"
        gid = self.platforms.add_product(self.pair, **REFUSED)

        def is_known() -> str:
            products = self.app.all_products("shopify", self.shop_id)
            return "" if any(one["id"] == gid for one in products) else "not mirrored yet"

        wait_for(name, is_known)
        self._settled(self.app.begin("upload", self.shop_id, product_ids=[gid]), name)
        reasons: list[Row] = []

        def look() -> str:
            for one in self.app.all_products("tiktok", self.shop_id):
                if one["title"] == REFUSED["title"]:
                    reasons[:] = one["review_reasons"]
                    return "" if one["review"] == "FAILED" and reasons else f"it is {one['status']}"
            return "not mirrored yet"

        wait_for(name, look)
        self.teller.step(name, reasons=reasons[0]["reasons"])

    # --- TikTok → Shopify -------------------------------------------------------------------------

    def bring(self) -> None:
        """What is on TikTok alone becomes drafts in Shopify, each once."""
        name = "import: each listing a draft in Shopify, exactly once"
        self.platforms.forget_calls()
        run = self._settled(self.app.begin("import", self.shop_id, **UNLINKED), name)
        calls = self.platforms.calls()
        self._none_failed(name, run)
        items = self.app.run_items(run["id"], state="done")
        titles = [item["title"] for item in items if item["cause"] in ("", "imported", "created")]
        require(name, "" if run["done"] >= 5 else f"only {run['done']} imported")
        products = self.platforms.products(self.pair)
        require(name, proof.titles_once(products, titles, "DRAFT"))
        self.teller.step(
            name,
            imported=run["done"],
            left_out=proof.groups_of(run, "skipped"),
            calls=_product_calls(calls),
        )

    def ask_again(self) -> None:
        """Both once more: nothing is made twice."""
        name = "asking again makes nothing twice"
        before = self._counts()
        for what in ("upload", "import"):
            self._settled(self.app.begin(what, self.shop_id, filter={}), name)
        require(name, "" if self._counts() == before else f"{before} before, {self._counts()} now")
        self.teller.step(name, **before)

    def _counts(self) -> dict[str, int]:
        return {
            "listings": len(self.platforms.listings(self.shop_id)),
            "products": len(self.platforms.products(self.pair)),
        }

    # --- keeping in step --------------------------------------------------------------------------

    def see_stock_follow(self) -> None:
        """Shelves are counted in Shopify; TikTok shows the new figure."""
        name = "stock: a count in Shopify reaches TikTok"
        self.platforms.set_stock(self.pair, COUNTED_SKU, COUNTED)

        def look() -> str:
            shown = [
                sku["available"]
                for row in self.platforms.listings(self.shop_id)
                for sku in row["skus"]
                if sku["seller_sku"] == COUNTED_SKU
            ]
            return "" if shown == [COUNTED] else f"TikTok shows {shown}"

        wait_for(name, look)
        self.teller.step(name, sku=COUNTED_SKU, quantity=COUNTED)

    # --- helpers ----------------------------------------------------------------------------------

    def _settled(self, run: Row, name: str) -> Row:
        """The run once its preview or its work has ended."""
        found = run

        def look() -> str:
            nonlocal found
            found = self.app.run(run["id"])
            is_busy = found["status"] in ("preparing", "running")
            return f"{found['left']} left of {found['total']}" if is_busy else ""

        wait_for(name, look, RUN_SECONDS)
        require(name, f"the run failed: {found['message']}" if found["status"] == "failed" else "")
        return found

    def _none_failed(self, name: str, run: Row) -> None:
        if run["failed"]:
            items = self.app.run_items(run["id"], state="failed")
            require(name, f"{run['failed']} failed, the first: {items[0]['message']}")


def _number(listing: Row) -> str:
    return str(listing["external_product_id"]).rpartition("/")[2]


def _product_calls(calls: dict[str, int]) -> dict[str, int]:
    """The calls about products alone; orders travel at the same time."""
    words = ("product", "variant", "image", "categor", "brand", "inventory", "location", "bulk")
    return {name: count for name, count in calls.items() if any(w in name.lower() for w in words)}
