"""Where an order's tax goes: on the lines it belongs to, or on the order as one exact sum."""

from dataclasses import dataclass, field
from decimal import Decimal

from orders.facts import PaymentFacts
from orders.mapping_lines import Group, TaxShare, tax_rate
from orders.mapping_money import Sums
from tiktoksync.lib.money import ZERO, is_exact


@dataclass(frozen=True, slots=True)
class TaxPlan:
    """Taxes on lines and charges (`on_charges` by charge code), or one on the order; never both."""

    on_lines: bool = False
    on_charges: dict[str, TaxShare] = field(default_factory=dict)
    on_order: TaxShare | None = None


def plan_taxes(payment: PaymentFacts, sums: Sums, groups: tuple[Group, ...]) -> TaxPlan:
    """Line by line if the parts make up the whole to the cent, else the whole on the order."""
    if not sums.tax:
        return TaxPlan()
    for charge_taxes in _charge_taxes(payment, sums):
        if _parts_fit(payment, sums, groups, charge_taxes):
            # Tax is due on what the buyer pays, so rates are seen against that.
            paid = {"shipping": sums.shipping - sums.shipping_platform, **dict(sums.fees)}
            return TaxPlan(
                on_lines=True,
                on_charges={
                    code: TaxShare(title, tax_rate(None, amount, paid[code]), amount)
                    for code, (title, amount) in charge_taxes.items()
                },
            )
    base = sums.products + sums.shipping - sums.platform
    return TaxPlan(on_order=TaxShare("Tax", tax_rate(None, sums.tax, base), sums.tax))


def _charge_taxes(payment: PaymentFacts, sums: Sums) -> list[dict[str, tuple[str, Decimal]]]:
    """The taxes that belong to no product: on shipping; then on the insurance as well."""
    shipping = payment.shipping_fee_tax
    taxes = {"shipping": ("Shipping tax", shipping)} if shipping else {}
    insurance = payment.item_insurance_tax
    if not insurance or "item_insurance_fee" not in dict(sums.fees):
        return [taxes]
    return [taxes, {**taxes, "item_insurance_fee": ("Insurance tax", insurance)}]


def _parts_fit(
    payment: PaymentFacts,
    sums: Sums,
    groups: tuple[Group, ...],
    charge_taxes: dict[str, tuple[str, Decimal]],
) -> bool:
    shares = [share.amount for group in groups for share in group.taxes]
    if not all(is_exact(share, sums.currency) for share in shares):
        return False
    on_lines = sum(shares, ZERO)
    if "product_tax" in payment.given and on_lines != payment.product_tax:
        return False
    return on_lines + sum((amount for _, amount in charge_taxes.values()), ZERO) == sums.tax
