"""`make demo-check`: the whole journey, and an exit code that says whether all of it was seen."""

from tiktoksync.demo.app import App
from tiktoksync.demo.installation import Installation, StartFailed
from tiktoksync.demo.journey import HOUR, Journey
from tiktoksync.demo.platforms import Platforms
from tiktoksync.demo.product_journey import ProductJourney
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.travellers import turning_back, unlinked, uploaded, whole_way
from tiktoksync.demo.watching import StepFailed, require
from tiktoksync.demo.web import NoAnswer, Refused

CLEAN_STOP = "stopped without leaving a process"


def run_check(installation: Installation, teller: Teller) -> bool:
    """Start, travel, stop; True only if every step was seen."""
    seen = False
    try:
        installation.start()
        teller.step("sandbox, queue, web, workers and cron are up")
        travel(installation, teller)
        seen = True
    except StepFailed as failed:
        teller.failed(failed.step, failed.why)
    except StartFailed as failed:
        teller.failed("start", str(failed))
    except (Refused, NoAnswer) as failed:
        teller.failed("asking", str(failed))
    finally:
        clean = installation.stop()
    if clean:
        teller.step(CLEAN_STOP)
    else:
        teller.failed(CLEAN_STOP, "a process had to be killed")
    return seen and clean


def connect_pairs(installation: Installation, teller: Teller) -> str:
    """Connect both pairs, the first one twice; returns the API token."""
    first = [installation.connect(pair) for pair in installation.pairs]
    teller.step("two pairs connected", shops=[pair["shop_id"] for pair in first])
    again = installation.connect(installation.pairs[0])
    require("connecting again changes nothing", "" if again == first[0] else f"it gave {again}")
    teller.step("connecting again changes nothing")
    return str(first[0]["api_token"])


def travel(installation: Installation, teller: Teller) -> None:
    """The whole journey of every order.

    Raises:
        StepFailed: the first step that was not seen.
    """
    token = connect_pairs(installation, teller)
    journey = Journey(App(installation.app_url, token), Platforms(installation.sandbox_url), teller)
    us, vn = installation.pairs
    travellers, blocked = whole_way(us, vn), unlinked(us)
    early, late, unpaid = turning_back(us, vn)
    for traveller in (*travellers, blocked, early, late, unpaid):
        journey.place(traveller)
    for traveller in (*travellers, blocked, early, late):
        journey.see_on_hold(traveller)
    journey.cancel_in_hold(early)
    journey.platforms.pass_time(HOUR)
    teller.step("an hour passes on TikTok")
    for traveller in (*travellers, late):
        journey.see_in_shopify(traveller)
    journey.see_blocked(blocked)
    journey.link(blocked)
    journey.see_in_shopify(blocked)
    journey.cancel_after_sync(late)
    journey.see_the_rest_of_the_way([*travellers, blocked])
    journey.see_nothing_in_shopify(early)
    journey.see_never(unpaid)
    lead_products(ProductJourney(journey.app, journey.platforms, teller, us))
    journey.see_sold(uploaded(us))


def lead_products(products: ProductJourney) -> None:
    """Both catalogues: mirrored, linked, uploaded, imported, kept in step.

    Raises:
        StepFailed: the first step that was not seen.
    """
    products.see_catalogues()
    products.see_links()
    products.upload(products.preview_upload())
    products.upload_with_template()
    products.see_refused_review()
    products.bring()
    products.ask_again()
    products.see_stock_follow()
