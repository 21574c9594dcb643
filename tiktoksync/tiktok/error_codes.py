"""TikTok Shop's error codes, each with what to do next. Closed: an unlisted code is Rejected.

TikTok Shop documentation: Common errors, and the error tables of the single endpoints.
"""

from tiktoksync.errors import SyncError
from tiktoksync.lib.error_rows import Kind, Row, build_error, not_authorized, note_unlisted
from tiktoksync.tiktok import product_codes

UPDATE = "Tell whoever runs this installation: a newer version is needed."
SETTINGS = "Correct the app's settings on the server; what waits goes on by itself."


def _rejected(sentence: str, field: str = "", advice: str = "") -> Row:
    return Row(Kind.REJECTED, sentence, field=field, advice=advice)


UNCLEAR = Row(Kind.UNCLEAR, "TikTok Shop did not give a clear answer.")
THROTTLED = Row(Kind.RATE_LIMITED, "TikTok Shop asks to slow down.", pauses=True)
UNLISTED = Row(
    Kind.REJECTED,
    "TikTok Shop refused the request.",
    advice="Retry; if it is refused again, tell TikTok Shop's support the request id.",
    quotes=True,
)
WRONG_CLOCK = Row(
    Kind.UNTOUCHED,
    "TikTok Shop's clock and this server's clock differ.",
    advice="Have the server's clock set by a time service; it is tried again by itself.",
)
BAD_TOKEN = not_authorized(
    "token_invalid", "TikTok Shop does not accept the connection. Reconnect the shop."
)
RECONNECT = not_authorized(
    "consent_lost", "The authorization at TikTok Shop has ended. Reconnect the shop."
)
OUR_REQUEST = Row(
    Kind.CONFIG,
    "TikTok Shop does not know this kind of request. The application must be updated.",
    advice=UPDATE,
)
READ_FAILED = Row(Kind.UNCLEAR, "TikTok Shop could not read the order just now.")
OWN_DELIVERY = _rejected(
    "TikTok Shop does not let this shop report its own delivery here.",
    advice="Report the delivery in TikTok's Seller Center.",
)

#: Texts of the code with many meanings that tell of a request built wrongly.
OUR_MISTAKES = ("required signature", "unexpected identifier", "invalid api version")

GATEWAY: dict[str, Row] = {
    "36009004": _rejected("TikTok Shop refused a value of the request."),
    "98001004": _rejected("TikTok Shop refused a value of the request."),
    "106001": Row(
        Kind.CONFIG,
        "TikTok Shop refused the signature. Check the app key and secret.",
        pauses=True,
        advice=SETTINGS,
    ),
    "106013": Row(
        Kind.CONFIG,
        "The shop's TikTok cipher is missing. Reconnect the shop.",
        pauses=True,
        advice="Connect the shop again; everything that waits goes on by itself.",
    ),
    "101000": BAD_TOKEN,
    "105002": not_authorized("token_expired", "The TikTok Shop token has expired."),
    "105005": not_authorized(
        "scope_missing", "TikTok Shop has not granted a permission. Authorize the app again."
    ),
    "36004001": RECONNECT,
    "36004004": RECONNECT,
    "36004005": RECONNECT,
    "36009002": THROTTLED,
    "36009037": THROTTLED,
    "36009003": UNCLEAR,
    "36009007": UNCLEAR,
    "36009009": OUR_REQUEST,
    "36009010": OUR_REQUEST,
    "36009014": OUR_REQUEST,
    "36009021": _rejected("The file is too large for TikTok Shop."),
    "36009022": OUR_REQUEST,
    "36009023": OUR_REQUEST,
    "36009033": Row(
        Kind.CONFIG,
        "This server's address is not on the TikTok app's list of allowed addresses.",
        pauses=True,
        advice="Add it in TikTok Shop Partner Center; what waits goes on by itself.",
    ),
    "36009043": not_authorized("unavailable", "TikTok Shop says that the shop is not active."),
    "36009044": not_authorized("unavailable", "TikTok Shop says that the seller is not active."),
}

ORDERS: dict[str, Row] = {
    "10002014": READ_FAILED,
    "10002015": READ_FAILED,
    "10006402": READ_FAILED,
    "10037002": READ_FAILED,
    "10037003": READ_FAILED,
    "10037004": READ_FAILED,
    "21008111": Row(Kind.GONE, "TikTok Shop says that the order is not one of this shop."),
    "21011044": _rejected(
        "TikTok Shop still holds the order; it cannot be shipped yet.",
        "status",
        "Retry once TikTok has released the order.",
    ),
    "21008106": _rejected(
        "TikTok Shop does not offer this way of shipping in the shop's region.",
        "region",
        "Ship the order in TikTok's Seller Center.",
    ),
    "10007014": _rejected("TikTok Shop does not know the package.", "package_id"),
    "11007016": OWN_DELIVERY,
    "11007018": OWN_DELIVERY,
    "11007021": OWN_DELIVERY,
    "25001001": _rejected(
        "The order's status at TikTok Shop does not allow this.",
        "status",
        "Look at the order in TikTok's Seller Center.",
    ),
}


def _product_rows() -> dict[str, Row]:
    rows = {str(code): UNCLEAR for code in product_codes.INTERNAL}
    inactive = not_authorized("unavailable", "TikTok Shop says that the seller is not active.")
    rows |= {str(code): inactive for code in product_codes.SELLER_INACTIVE}
    for kind, groups in (
        (Kind.GONE, product_codes.GONE),
        (Kind.REJECTED, product_codes.REJECTED),
    ):
        for codes, sentence, field, advice in groups:
            row = Row(kind, sentence, field=field, advice=advice)
            rows |= {str(code): row for code in codes}
    return rows


CODES: dict[str, Row] = GATEWAY | ORDERS | _product_rows()


def row_for(code: str, text: str) -> Row:
    """The row of a code; one code carries several meanings and is told apart by its text."""
    if code == "36009004":
        words = text.lower()
        if "x-tts-access-token" in words:
            return BAD_TOKEN
        if "timestamp" in words:
            return WRONG_CLOCK
        if "app_key" in words or "app key" in words:
            return CODES["106001"]
        if any(part in words for part in OUR_MISTAKES):
            return OUR_REQUEST
        if "shop_id" in words:
            return BAD_TOKEN
    return CODES.get(code, UNLISTED)


def error_for(
    code: str,
    text: str,
    *,
    safe: bool,
    request_id: str = "",
    retry_after: float | None = None,
) -> SyncError:
    """The error of one refused call or item. ``text`` is the vendor's own, for the log."""
    row = row_for(code, text)
    if row is UNLISTED:
        note_unlisted("TikTok Shop", code, text, request_id)
    return build_error(row, code, text, safe=safe, request_id=request_id, retry_after=retry_after)
