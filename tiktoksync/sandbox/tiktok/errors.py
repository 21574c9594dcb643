"""The refusals of the Open API: code, message and HTTP status."""

from __future__ import annotations


class ApiError(Exception):
    """An answer with a code other than 0."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def unknown_path() -> ApiError:
    return ApiError(
        36009009,
        "Invalid path. The specified path does not match any available endpoint.",
        404,
    )


def unknown_version() -> ApiError:
    return ApiError(
        36009014, "Invalid API version. The `version` value is invalid or unsupported.", 404
    )


def wrong_method() -> ApiError:
    return ApiError(
        36009010, "Invalid method. The HTTP method used is not supported by this endpoint.", 405
    )


def bad_app_key() -> ApiError:
    return ApiError(36009004, "Invalid credentials. Invalid `app_key` query parameter.", 400)


def bad_timestamp(why: str) -> ApiError:
    text = f"Invalid timestamp. The value of the `timestamp` query parameter must not {why}."
    return ApiError(36009004, text, 400)


def missing_sign() -> ApiError:
    return ApiError(
        36009004,
        "Missing credentials. The request does not include a required signature in the query.",
        400,
    )


def bad_sign() -> ApiError:
    return ApiError(106001, "Invalid credentials. The `sign` query parameter is invalid.", 401)


def bad_token() -> ApiError:
    text = "Invalid credentials. The `x-tts-access-token` header is invalid."
    return ApiError(36009004, text, 400)


def expired_token() -> ApiError:
    text = "Expired credentials. The `access_token` or `x-tts-access-token` header has expired."
    return ApiError(105002, text, 401)


def missing_scope() -> ApiError:
    text = (
        "Access denied. The app is not authorized to access the endpoint because the access "
        "scopes granted for the app or the access token do not contain the required access "
        "scope for the endpoint."
    )
    return ApiError(105005, text, 403)


def missing_cipher() -> ApiError:
    text = (
        "Missing identifier. The `shop_cipher` query parameter is required to identify the "
        "target shop."
    )
    return ApiError(106013, text, 400)


def wrong_cipher() -> ApiError:
    text = (
        "Invalid query or header. The `category_asset_cipher` query parameter or "
        "`x-tts-access-token` header is invalid."
    )
    return ApiError(101000, text, 401)


def unexpected_cipher() -> ApiError:
    text = (
        "Unexpected identifier. The `shop_cipher` query parameter is not required for this request."
    )
    return ApiError(36009004, text, 400)


def wrong_content_type() -> ApiError:
    text = (
        "Invalid request format. The request body format must be `application/json` for "
        "structured data or `multipart/form-data` for binary files."
    )
    return ApiError(36009022, text, 400)


def bad_param(detail: str = "") -> ApiError:
    text = "invalid param error" + (f"; detail:{detail}" if detail else "")
    return ApiError(36009004, text)


def bad_value(name: str, reason: str, expected: str) -> ApiError:
    text = f"Parameter {name} is invalid. Reason: {reason}. Expected: {expected}"
    return ApiError(98001004, text)


def throttled() -> ApiError:
    text = "Too many requests. You've made too many requests in a short period of time."
    return ApiError(36009002, text, 429)


def not_yours(detail: str = "") -> ApiError:
    text = "The order or package does not belong to the current seller."
    return ApiError(21008111, text + (f"; detail:{detail}" if detail else ""))


def on_hold() -> ApiError:
    return ApiError(21011044, "The order is ON_HOLD and cannot be fulfilled.")


def wrong_region() -> ApiError:
    text = "This interface cannot be used in the current region or business type."
    return ApiError(21008106, text)


def wrong_status(what: str) -> ApiError:
    return ApiError(21011001, f"The {what} status does not allow this operation.")


def already_shipped(line_id: str) -> ApiError:
    return ApiError(21011002, f"The order line item {line_id} has already been shipped.")


def no_aftersale(why: str = "invalid order status") -> ApiError:
    return ApiError(25001001, why)


def no_combining(why: str) -> ApiError:
    return ApiError(10007014, f"invalid package id or combine not allowed; detail:{why}")


def no_own_delivery(why: str) -> ApiError:
    return ApiError(11007021, why)
