"""How single values look in the API: texts that may be missing, ids, times and money."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tiktoksync.lib import money


class TextOrNull(serializers.CharField):
    """A text of ours, or null where there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return str(value) or None


class ChoiceOrNull(serializers.ChoiceField):
    """One of a closed list of words, or null where there is none."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return value or None


class UtcTime(serializers.DateTimeField):
    """ISO 8601 in UTC, whatever time zone the merchant lives in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, default_timezone=UTC, **options)


class UtcTimeOrNull(UtcTime):
    """The same for what may not have happened yet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)


class IdText(serializers.CharField):
    """A remote id: text, though a program may send it as a whole number."""

    default_error_messages = {"no_id": "An id is wanted, as text."}

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("no_id")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class MoneyText(serializers.Field[Any, Any, str, Any]):
    """A decimal text with as many places as its currency has: "35.97", "168000".

    `currency` is the dotted way from the object to its currency.
    """

    def __init__(self, *, currency: str = "currency", **options: Any) -> None:
        self.currency = currency.split(".")
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> tuple[Decimal, str] | None:
        amount = super().get_attribute(instance)
        currency = instance
        for name in self.currency:
            currency = getattr(currency, name)
        return None if amount is None else (amount, currency)

    def to_representation(self, value: tuple[Decimal, str]) -> str:
        amount, currency = value
        return money.text(amount, currency)
