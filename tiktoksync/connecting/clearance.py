"""Whether a shop may go live, as its last pre-flight tells."""

from __future__ import annotations

from dataclasses import dataclass

from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.shops.models import TikTokShop

Light = PreflightCheck.Light
NEVER_RUN = "Run the pre-flight first: nobody has looked both sides over yet."


@dataclass(frozen=True, slots=True)
class Clearance:
    """What the last pre-flight found. Red keeps a shop from going live, amber is told."""

    is_run: bool
    red: list[PreflightCheck]
    amber: list[PreflightCheck]

    @property
    def refusal(self) -> str:
        """Why the shop cannot go live; "" where it can."""
        if not self.is_run:
            return NEVER_RUN
        if not self.red:
            return ""
        count = "1 check is" if len(self.red) == 1 else f"{len(self.red)} checks are"
        return f"{count} in the way. Do what the pre-flight says, then check again."

    @property
    def is_clear(self) -> bool:
        """Whether nothing is in the way, and somebody has looked."""
        return not self.refusal


def clearance_of(shop: TikTokShop) -> Clearance:
    """What stands between a shop and going live; a pre-flight that never ran tells nothing."""
    checks = list(PreflightCheck.objects.filter(shop=shop))
    return Clearance(
        is_run=bool(checks),
        red=[one for one in checks if one.light == Light.RED],
        amber=[one for one in checks if one.light == Light.AMBER],
    )
