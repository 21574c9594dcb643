"""`make demo`: everything up, orders of every kind, one order's journey told as it happens."""

import time
from collections.abc import Callable

from tiktoksync.demo import world
from tiktoksync.demo.app import App
from tiktoksync.demo.installation import Installation
from tiktoksync.demo.platforms import Platforms
from tiktoksync.demo.product_story import ProductStory
from tiktoksync.demo.seed import Sower, make_seeds
from tiktoksync.demo.story import Story
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.watching import StepFailed
from tiktoksync.demo.web import NoAnswer, Refused

TELL_SECONDS = 1.0
PAUSE_SECONDS = 6.0
SHOWN_CARRIER, SHOWN_TRACKING = "USPS", "9400111899223197428999"
Tick = Callable[[], None]


def run_demo(installation: Installation, teller: Teller) -> None:
    """Start, fill, tell, until Ctrl-C.

    Raises:
        StartFailed: something did not come up.
    """
    teller.say("Starting the sandbox, the queue, the web server, workers and cron …")
    installation.start()
    app, platforms = connect(installation, teller)
    tell_where(installation, teller)
    for catalogue in ("pull_variants", "pull_listings"):
        installation.manage(catalogue)
    story = Story(app, teller)
    products = ProductStory(app, platforms, teller, installation.pairs[0])

    def tick() -> None:
        story.catch_up()
        products.catch_up()

    try:
        # The products' turn comes when the orders stand where they are to stand.
        Sower(app, platforms, story.catch_up).sow(make_seeds(*installation.pairs))
        tell_unpaid(app, teller)
        show_one(installation, tick, platforms, teller)
    except StepFailed as failed:
        teller.say(f"  not as expected: {failed}. The log: {installation.log_path}")
    follow(tick, installation, teller)


def connect(installation: Installation, teller: Teller) -> tuple[App, Platforms]:
    """The merchant, its two pairs and its person."""
    installation.make_staff()
    connected = [installation.connect(pair) for pair in installation.pairs]
    for pair in installation.pairs:
        teller.say(f"Connected {pair.shop_name} ({pair.region}) with {pair.domain}.")
    return App(installation.app_url, connected[0]["api_token"]), Platforms(installation.sandbox_url)


def tell_where(installation: Installation, teller: Teller) -> None:
    """Where to look, and with which password."""
    teller.say(
        f"""
  Dashboard     {installation.app_url}/
                sign in as {world.OWNER_EMAIL} with {installation.secrets["DEMO_PASSWORD"]}
  Sandbox       {installation.sandbox_url}/    TikTok Shop and Shopify: place an order here
  Admin         {installation.app_url}/admin/
  API           {installation.app_url}/api/v1/docs/
  Log           {installation.log_path}

Ready after {teller.seconds} s. Orders of every kind are on their way:
"""
    )


def tell_unpaid(app: App, teller: Teller) -> None:
    """The ninth status is on TikTok alone."""
    unpaid = app.orders(tiktok_status="UNPAID")
    if not unpaid:
        teller.say("          an unpaid order waits on TikTok; the app does not know it")


def show_one(installation: Installation, tick: Tick, platforms: Platforms, teller: Teller) -> None:
    """One order all the way, slowly enough to watch it in the browser."""
    us = installation.pairs[0]
    order_id = platforms.place(us.shop_id, lines=[{"sku": "RING-10-T"}, {"sku": "STAND-BMB"}])
    teller.say(f"\nNow one order, all the way: {installation.app_url}/orders/{order_id}/\n")
    pause(tick)
    platforms.act(order_id, "release")
    pause(tick)
    there = platforms.shopify_orders(order_id)
    if there:
        teller.say(f"          tracking {SHOWN_TRACKING} is typed into Shopify's {there[0].name}")
        platforms.fulfil(there[0].id, SHOWN_TRACKING, SHOWN_CARRIER)
        pause(tick)
        for action in ("scan", "deliver"):
            platforms.act(order_id, action)
            pause(tick)
    teller.say(
        f"\nYour turn: place an order at {installation.sandbox_url}/ and watch it here. "
        "Ctrl-C stops everything.\n"
    )


def pause(tick: Tick) -> None:
    """Time to look, while the story goes on."""
    end = time.monotonic() + PAUSE_SECONDS
    while time.monotonic() < end:
        tick()
        time.sleep(TELL_SECONDS)


def follow(tick: Tick, installation: Installation, teller: Teller) -> None:
    """Tell on, for as long as the stack runs."""
    while all(child.is_alive for child in installation.supervisor.children):
        try:
            tick()
        except (NoAnswer, Refused) as error:
            teller.say(f"          the app does not answer just now ({error})")
        time.sleep(TELL_SECONDS)
    teller.say(f"A process ended; the log says why: {installation.log_path}")
