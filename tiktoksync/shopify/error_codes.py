"""Shopify's refusals, each with what to do next. Closed: an unlisted one is Rejected.

Three tables, for three of the layers an answer can fail in: HTTP status, top-level GraphQL errors,
user errors of a mutation. Shopify documentation: API response status and error codes.
"""

import re

from tiktoksync.lib.error_rows import Kind, Row, not_authorized
from tiktoksync.shopify.product_codes import BULK, PRODUCTS

UNCLEAR = Row(Kind.UNCLEAR, "Shopify did not give a clear answer.")
THROTTLED = Row(Kind.RATE_LIMITED, "Shopify asks to slow down.", pauses=True)
UPDATE = "Tell whoever runs this installation: a newer version is needed."
SETTINGS = "Correct the app's settings on the server; what waits goes on by itself."
UNLISTED = Row(
    Kind.REJECTED,
    "Shopify refused the request.",
    advice="Retry; if it is refused again, tell Shopify's support the request id.",
    quotes=True,
)
BUG = Row(
    Kind.CONFIG,
    "Shopify does not know this kind of request. The application must be updated.",
    advice=UPDATE,
)
REDIRECTED = Row(
    Kind.ELSEWHERE, "The Shopify address in the settings leads elsewhere.", advice=SETTINGS
)
BAD_TOKEN = not_authorized(
    "token_invalid", "Shopify does not accept the connection. Reconnect the store."
)
MISSING_SCOPE = not_authorized(
    "scope_missing", "Shopify has not granted a permission. Authorize the app again."
)
SPENT_KEY = Row(
    Kind.REJECTED, "Shopify has ended an earlier try of the same request; it needs a new one."
)
UNKNOWN_SEARCH = Row(
    Kind.CONFIG,
    "Shopify did not understand a search. The application must be updated.",
    advice=UPDATE,
)

STATUS: dict[int, Row] = {
    400: BUG,
    401: BAD_TOKEN,
    402: not_authorized("plan", "The store's Shopify plan does not include this."),
    403: not_authorized("unavailable", "Shopify gives no access to the store at the moment."),
    404: not_authorized("closed", "Shopify does not know the store, or it is closed."),
    408: UNCLEAR,
    423: not_authorized("unavailable", "The store is locked at Shopify."),
    429: THROTTLED,
}

#: What graphql-ruby says of a document that does not fit the version that answered.
DOCUMENT_ERRORS = (
    "argumentLiteralsIncompatible",
    "argumentNotAccepted",
    "argumentNotUnique",
    "cannotSpreadFragment",
    "directiveCannotBeApplied",
    "fieldConflict",
    "inputObjectNotUnique",
    "missingRequiredArguments",
    "missingRequiredInputObjectAttribute",
    "selectionMismatch",
    "undefinedDirective",
    "undefinedField",
    "undefinedType",
    "useAndDefineFragment",
    "variableMismatch",
    "variableNotDefined",
    "variableNotUsed",
    "variableRequiresValidType",
)

GRAPHQL: dict[str, Row] = {
    "THROTTLED": THROTTLED,
    "INTERNAL_SERVER_ERROR": UNCLEAR,
    "TIMEOUT": UNCLEAR,
    "ACCESS_DENIED": MISSING_SCOPE,
    "SHOP_INACTIVE": not_authorized("closed", "The store is not active at Shopify."),
    "MAX_COST_EXCEEDED": Row(
        Kind.CONFIG,
        "A request is too large for Shopify. The application must be updated.",
        advice=UPDATE,
    ),
    "NOT_FOUND": Row(
        Kind.CONFIG,
        "Something the request relies on is not set up in Shopify. Repair the connection.",
        advice="Connect the store again, then retry.",
    ),
    "RESOURCE_NOT_FOUND": Row(Kind.GONE, "Shopify no longer knows the object."),
    "INVALID_VARIABLE": Row(Kind.REJECTED, "Shopify does not accept a value of the request."),
    "INVALID_FIELD_ARGUMENTS": Row(
        Kind.REJECTED, "Shopify does not accept a value of the request."
    ),
    "BAD_REQUEST": Row(Kind.REJECTED, "Shopify does not accept the request."),
    "IDEMPOTENCY_CONCURRENT_REQUEST": UNCLEAR,
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": SPENT_KEY,
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": SPENT_KEY,
    "MAX_INPUT_SIZE_EXCEEDED": Row(Kind.REJECTED, "The request holds too much for Shopify."),
    **dict.fromkeys(DOCUMENT_ERRORS, BUG),
}

#: User error codes that are more than a refused value.
USER: dict[str, Row] = {
    "SHOP_DORMANT": not_authorized("closed", "The store is dormant at Shopify."),
    "IDEMPOTENCY_CONCURRENT_REQUEST": UNCLEAR,
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": SPENT_KEY,
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": SPENT_KEY,
    "INTERNAL_ERROR": UNCLEAR,
    "GENERIC_ERROR": UNCLEAR,
    "JOB_ERROR": UNCLEAR,
    **PRODUCTS,
    **BULK,
}

#: What the token endpoint calls its errors.
OAUTH: dict[str, Row] = {
    "invalid_grant": not_authorized(
        "consent_lost", "The authorization at Shopify has ended. Reconnect the store."
    ),
    "invalid_request": not_authorized(
        "consent_lost", "Shopify did not accept the authorization. Connect the store again."
    ),
    "invalid_client": Row(
        Kind.CONFIG,
        "Shopify does not accept the app's key and secret.",
        pauses=True,
        advice=SETTINGS,
    ),
    "application_cannot_be_found": Row(
        Kind.CONFIG, "Shopify does not know the app's key.", pauses=True, advice=SETTINGS
    ),
    "shop_not_permitted": Row(
        Kind.CONFIG,
        "The app and the store belong to different organisations.",
        pauses=True,
        advice="Connect the store with an app of its own organisation.",
    ),
}

#: In which order several errors of one answer count: the one that forbids most comes first.
GRAVITY = (
    Kind.RATE_LIMITED,
    Kind.CALL_LIMITED,
    Kind.UNCLEAR,
    Kind.NOT_AUTHORIZED,
    Kind.ELSEWHERE,
    Kind.CONFIG,
    Kind.GONE,
    Kind.REJECTED,
    Kind.UNTOUCHED,
)

_RATE_LIMIT_TEXT = re.compile(r"rate limit", re.IGNORECASE)
_INTERNAL_TEXT = re.compile(r"internal error|something went wrong|timed? ?out", re.IGNORECASE)
_SCOPE_TEXT = re.compile(r"\bscopes?\b|merchant approval", re.IGNORECASE)
_TOKEN_TEXT = re.compile(r"access tokens? (is|are) no longer accepted|non-expiring", re.IGNORECASE)

#: What a development store's limit of five orders a minute wants.
RATE_LIMIT_TEXT_SECONDS = 60.0
RATE_LIMIT_SENTENCE = "Shopify takes only a few of these a minute from this store."


def status_row(status: int, text: str) -> Row:
    """The row of an HTTP status that is no success; ``text`` is the body's own words."""
    if status in {401, 403} and _TOKEN_TEXT.search(text):
        return BAD_TOKEN
    if status == 403 and _SCOPE_TEXT.search(text):
        return MISSING_SCOPE
    if status in STATUS:
        return STATUS[status]
    if status >= 500:
        return UNCLEAR
    return REDIRECTED if 300 <= status < 400 else UNLISTED


def graphql_row(code: str, text: str) -> Row:
    """The row of one top-level error; one without a code is judged by its words."""
    if not code and _INTERNAL_TEXT.search(text):
        return UNCLEAR
    if not code and _RATE_LIMIT_TEXT.search(text):
        return THROTTLED
    return GRAPHQL.get(code, UNLISTED)


def is_rate_limit_text(text: str) -> bool:
    """Some limits come as a plain user error."""
    return bool(_RATE_LIMIT_TEXT.search(text))
