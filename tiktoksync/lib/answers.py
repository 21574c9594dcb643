"""What every client method gives back."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """Points of one call (Shopify), and the bucket as the platform saw it afterwards."""

    requested: float
    actual: float | None
    available: float
    maximum: float
    restore_rate: float


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """``elapsed`` is in seconds; ``warnings`` are remarks that did not make the call fail."""

    data: T
    request_id: str
    elapsed: float
    cost: Cost | None = None
    warnings: tuple[str, ...] = ()
