"""What a title, a description or the name of an option may not contain."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote, urlsplit

from tiktoksync.sandbox.tiktok import product_limits as limits
from tiktoksync.sandbox.tiktok.errors import ApiError
from tiktoksync.sandbox.tiktok.state import TikTokState

_ESCAPE = re.compile(r"&(?:[a-zA-Z]{2,10}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_REPEATED = re.compile(r"(\S)\1{9,}")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(src|width|height)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_FORBIDDEN_TAG = re.compile(r"<\s*(script|iframe|style|form|object|embed|link)\b", re.IGNORECASE)
_EMOJI_RANGES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0xFE0F, 0xFE0F), (0x1F1E6, 0x1F1FF))


def check_plain(text: str, what: str) -> None:
    """A title or a name; raises ApiError 12052931 to 12052935."""
    if _ESCAPE.search(text):
        raise ApiError(12052931, f"The {what} contains HTML escape characters.")
    if _has_emoji(text):
        raise ApiError(12052932, f"The {what} contains emojis.")
    if any(unicodedata.category(one) in ("Cc", "Cs", "Co") for one in text):
        raise ApiError(12052933, f"The {what} contains control characters.")
    if text and not any(one.isalnum() for one in text):
        raise ApiError(12052934, f"The {what} consists of symbols only.")
    if _REPEATED.search(text):
        raise ApiError(12052935, f"The {what} contains more than 9 repeated characters.")


def _has_emoji(text: str) -> bool:
    return any(low <= ord(one) <= high for one in text for low, high in _EMOJI_RANGES)


def check_title(region: str, title: str, draft: bool) -> None:
    """Raises ApiError for a title that the region does not take."""
    low, high = limits.title_lengths(region)
    if not title.strip():
        raise ApiError(12052261, "product name is empty")
    if len(title) > high or (len(title) < low and not draft):
        text = "The product name exceed max limit characters"
        if len(title) < low:
            text = f"The product name must have at least {low} characters"
        raise ApiError(12052051, text)
    check_plain(title, "product name")
    if refuses_han(region, title):
        raise ApiError(12052262, "Chinese characters are not supported in product name")


def refuses_han(region: str, text: str) -> bool:
    """Japanese shops may write kanji; nobody else may."""
    return region != "JP" and _HAN.search(text) is not None


def check_description(state: TikTokState, region: str, text: str, draft: bool) -> None:
    """HTML of bounded length, with pictures of TikTok's own; raises ApiError."""
    if not text.strip() and not draft:
        raise ApiError(12052015, "The product description is required")
    if len(text) > limits.MOST_DESCRIPTION:
        raise ApiError(12052013, "The product description cannot exceed maximum characters")
    if _FORBIDDEN_TAG.search(text):
        raise ApiError(12052340, "The product description contains unsupported HTML tags.")
    pictures = _IMG.findall(text)
    if len(pictures) > limits.MOST_DESCRIPTION_IMAGES:
        raise ApiError(12052056, "The num of image in description cannot exceed max limit")
    for tag in pictures:
        _check_picture(state, tag)
    seen = html.unescape(re.sub(r"<[^>]*>", " ", text))
    if re.sub(r"\s", "", seen):
        check_plain(re.sub(r"\s+", " ", seen), "product description")
    if refuses_han(region, seen):
        raise ApiError(12052346, "Chinese characters are not supported in product description")


def _check_picture(state: TikTokState, tag: str) -> None:
    given = {name.lower(): value for name, value in _ATTRIBUTE.findall(tag)}
    if uri_of(html.unescape(given.get("src", ""))) not in state.images:
        text = "The image in the description must be uploaded to TikTok Shop first."
        raise ApiError(12052345, text)
    for side in ("width", "height"):
        value = given.get(side, "")
        if not value.isdigit() or not 0 < int(value) <= limits.LARGEST_IMAGE:
            text = f"The {side} of the image in the description is missing or out of range."
            raise ApiError(12052348, text)


def uri_of(address: str) -> str:
    """The uri inside one of our own picture addresses, or nothing."""
    path = unquote(urlsplit(address).path)
    for host in ("/p16/", "/p19/"):
        if path.startswith(host):
            return path.removeprefix(host).partition("~")[0]
    return ""
