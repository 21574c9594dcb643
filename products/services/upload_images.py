"""The pictures of products that are being listed: read from Shopify once, sent to TikTok once.

A picture is known by the checksum of its bytes: however many products show it, and whatever its
address is, TikTok gets it once for each use. What was read stays in memory until it has been sent.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from products.models import ImageSource, UploadedImage
from products.upload_checks import MOST_IMAGES, SMALLEST_SIDE
from products.upload_facts import Picture, ProductFacts
from products.upload_mapping import first_option_images
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.download import download_file
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.image_calls import MAX_IMAGE_BYTES

MAIN, OPTION = "MAIN_IMAGE", "ATTRIBUTE_IMAGE"
LARGEST_SIDE, REDUCED_SIDE = 4000, 2000
READ_SECONDS = 15.0
WRONG_SIZE = f"Pictures have {SMALLEST_SIDE} to {LARGEST_SIDE} pixels on each side."
KEPT_BYTES = 64 * 2**20
#: After so many fruitless tries a product is listed without the picture.
MOST_TRIES = 5
#: What the first bytes of a picture say about its kind.
_KINDS = (
    (b"\xff\xd8\xff", 0, "jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"WEBP", 8, "webp"),
    (b"BM", 0, "bmp"),
    (b"ftyphei", 4, "heic"),
    (b"ftypmif1", 4, "heic"),
)


@dataclass(frozen=True, slots=True)
class Want:
    """A picture that TikTok is to have, for one use."""

    picture: Picture
    use: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of reading a picture: its bytes, a lasting problem, or an error that may pass."""

    content: bytes = b""
    problem: str = ""
    error: SyncError | None = None

    @property
    def checksum(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return sha256(self.content).hexdigest()


@dataclass(slots=True)
class Pictures:
    """What a batch of products needs, and what of it is known: read in two queries."""

    sources: dict[str, ImageSource]
    uris: dict[tuple[str, str], str]

    @classmethod
    def of(cls, shop: TikTokShop, products: Iterable[ProductFacts]) -> Pictures:
        """Everything known of the pictures of these products."""
        urls: set[str] = set()
        for product in products:
            urls |= {one.url for one in product.images}
            urls |= set(first_option_images(product).values())
        sources = {row.url: row for row in ImageSource.objects.filter(shop=shop, url__in=urls)}
        sums = {row.checksum for row in sources.values() if row.checksum}
        sent = UploadedImage.objects.filter(shop=shop, checksum__in=sums)
        return cls(sources, {(row.use_case, row.checksum): row.uri for row in sent})

    def wanted(self, product: ProductFacts) -> list[Want]:
        """The pictures to send, the cover first: without those that cannot be used."""
        main = [one for one in product.images if not self._is_useless(one)]
        shown = (Picture(url) for url in dict.fromkeys(first_option_images(product).values()))
        options = [one for one in shown if not self._is_useless(one)]
        return [
            *(Want(one, MAIN) for one in main[:MOST_IMAGES]),
            *(Want(o, OPTION) for o in options),
        ]

    def uri(self, want: Want) -> str:
        """TikTok's name of a picture; "" while it has not been sent."""
        source = self.sources.get(want.picture.url)
        return self.uris.get((want.use, source.checksum), "") if source else ""

    def uris_of(self, product: ProductFacts, use: str) -> dict[str, str]:
        """TikTok's names of the product's pictures for one use, by their address in Shopify."""
        return {
            want.picture.url: self.uri(want) for want in self.wanted(product) if want.use == use
        }

    def problems(self, product: ProductFacts) -> list[str]:
        """Why pictures of the product cannot be used."""
        rows = (self.sources.get(one.url) for one in product.images)
        return list(dict.fromkeys(row.problem for row in rows if row and row.problem))

    def _is_useless(self, picture: Picture) -> bool:
        source = self.sources.get(picture.url)
        is_small = any(0 < side < SMALLEST_SIDE for side in (picture.width, picture.height))
        return is_small or bool(source and source.problem)


class Album:
    """What one drain has read and not sent yet, and what it is busy with."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._busy: dict[tuple[str, ...], list[Any]] = {}

    def key_of(self, want: Want, source: ImageSource | None) -> tuple[str, ...]:
        """What must not be done twice at a time: reading an address, sending a picture."""
        return (want.use, source.checksum) if source else ("read", want.picture.url)

    def is_busy(self, key: tuple[str, ...]) -> bool:
        """Whether it is under way for another product."""
        return key in self._busy

    def begin(self, key: tuple[str, ...]) -> None:
        """It is under way from now on."""
        self._busy[key] = []

    def wait_for(self, key: tuple[str, ...], row: Any) -> None:
        """The row goes on when it is done."""
        self._busy[key].append(row)

    def end(self, key: tuple[str, ...]) -> list[Any]:
        """It is done, one way or the other; returns who waited for it."""
        return self._busy.pop(key, [])

    def keep(self, fetched: Fetched) -> None:
        """Hold a picture until it is sent, as long as there is room."""
        self._contents[fetched.checksum] = fetched.content
        while sum(map(len, self._contents.values())) > KEPT_BYTES:
            self._contents.popitem(last=False)

    def content_of(self, checksum: str) -> bytes:
        """A picture that was kept; empty if it was not, or is no longer."""
        return self._contents.get(checksum, b"")


# --- the calls, made in a pool thread ------------------------------------------------------------


def reading(want: Want) -> Any:
    """A call that reads a picture from Shopify. Its errors say nothing of the TikTok shop."""
    return partial(_read, _address(want.picture))


def sending(client: Any, want: Want, checksum: str, content: bytes) -> Any:
    """A call that gives TikTok a picture, read once more if its bytes were not kept.

    TikTok Shop documentation: Upload Product Image.
    """
    return partial(_send, client, _address(want.picture), want.use, checksum, content)


def _read(address: str) -> Answer[Fetched]:
    try:
        content = download_file(address, max_bytes=MAX_IMAGE_BYTES, deadline=READ_SECONDS).content
    except PermanentError as error:
        return Answer(Fetched(problem=error.message), "", 0.0)
    except SyncError as error:
        return Answer(Fetched(error=error), "", 0.0)
    if not kind_of(content):
        return Answer(Fetched(problem="The file is not a picture TikTok takes."), "", 0.0)
    return Answer(Fetched(content), "", 0.0)


def _send(client: Any, address: str, use: str, checksum: str, content: bytes) -> Answer[Any]:
    if not content:
        answer = _read(address)
        if not answer.data.content or answer.data.checksum != checksum:
            return answer  # another picture by now, or none
        content = answer.data.content
    name = f"{checksum[:32]}.{kind_of(content)}"
    sent: Answer[Any] = client.upload_image(content, filename=name, use_case=use)
    return sent


def kind_of(content: bytes) -> str:
    """The ending of a picture's name, by its first bytes; "" for what TikTok does not take."""
    for mark, start, kind in _KINDS:
        if content[start : start + len(mark)] == mark:
            return kind
    return ""


def _address(picture: Picture) -> str:
    """Where the picture is read: one too large for TikTok in a smaller size, by Shopify's CDN."""
    side = "width" if picture.width >= picture.height else "height"
    is_large = max(picture.width, picture.height) > LARGEST_SIDE
    if not is_large or urlsplit(picture.url).hostname != "cdn.shopify.com":
        return picture.url
    joint = "&" if "?" in picture.url else "?"
    return f"{picture.url}{joint}{side}={REDUCED_SIDE}"


# --- writing down --------------------------------------------------------------------------------


def note_read(shop: TikTokShop, url: str, fetched: Fetched) -> None:
    """Keep what is known of the picture at an address."""
    found: Mapping[str, str] = {
        "checksum": fetched.checksum if fetched.content else "",
        "problem": fetched.problem[:64],
    }
    ImageSource.objects.update_or_create(shop=shop, url=url, defaults=found)


def note_problem(shop: TikTokShop, url: str, words: str) -> None:
    """The picture at an address cannot be used."""
    note_read(shop, url, Fetched(problem=words))


def note_sent(shop: TikTokShop, want: Want, checksum: str, image: Any) -> None:
    """TikTok has the picture; one of a size that it takes for nothing is of no use."""
    sides = (image.width, image.height)
    is_main = want.use == MAIN
    if is_main and all(sides) and not SMALLEST_SIDE <= min(sides) <= max(sides) <= LARGEST_SIDE:
        note_problem(shop, want.picture.url, WRONG_SIZE)
        return
    columns = {"uri": image.uri, "url": image.url, "width": image.width, "height": image.height}
    UploadedImage.objects.get_or_create(
        shop=shop, use_case=want.use, checksum=checksum, defaults=columns
    )
