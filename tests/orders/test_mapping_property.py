"""Random orders that obey TikTok's formulas: every one maps, and totals to the cent."""

import random
from decimal import Decimal
from typing import Any

import pytest

from orders.facts import order_facts
from orders.mapping import MappingOptions, MoneyMismatch, VariantRef, shopify_order, shopify_total
from tests.orders.data import build
from tiktoksync.lib.money import exponent

D = Decimal
ORDERS = 150
FEES = ("retail_delivery_fee", "buyer_service_fee", "small_order_fee", "handling_fee")
SKUS = ("RED", "BLUE", "PINK")
VARIANTS = {f"29{sku}": VariantRef(f"gid://shopify/ProductVariant/{sku}", sku, "") for sku in SKUS}


class Shop:
    """Makes orders from a seed, in whole minor units so that nothing has to be rounded."""

    def __init__(self, seed: int, currency: str) -> None:
        self.chance = random.Random(seed)
        self.currency = currency
        self.step = D(1).scaleb(-exponent(currency))

    def amount(self, most: int) -> Decimal:
        return self.chance.randrange(most + 1) * self.step

    def maybe(self, most: int) -> Decimal:
        return self.amount(most) if self.chance.random() < 0.4 else D(0)

    def part_of(self, whole: Decimal) -> Decimal:
        return self.maybe(int(whole / self.step))

    def unit(self, number: int) -> dict[str, Any]:
        price = self.amount(9000)
        seller = self.part_of(price)
        platform = self.part_of(price - seller)
        is_gift = self.chance.random() < 0.1
        if is_gift:
            price = seller = platform = D(0)
        tax = self.maybe(900)
        return build.unit(
            str(number),
            self.chance.choice(SKUS),
            str(price),
            currency=self.currency,
            seller_discount=str(seller),
            platform_discount=str(platform),
            is_gift=is_gift,
            item_tax=build.tax(str(tax), self.chance.choice(["0.05", "0.0725", ""])),
        )

    def order(self) -> dict[str, Any]:
        lines = [self.unit(n) for n in range(1, self.chance.randrange(2, 9))]
        sums = self.sums(lines)
        return build.order(
            lines,
            payment={name: str(amount) for name, amount in sums.items()}
            | {"currency": self.currency},
            is_cod=self.chance.random() < 0.1,
        )

    def sums(self, lines: list[dict[str, Any]]) -> dict[str, Decimal]:
        def over(name: str) -> Decimal:
            return sum((D(line[name]) for line in lines), D(0))

        listed, platform = over("original_price"), over("platform_discount")
        # Now and then a voucher that stands on no line, where a paid line can take it.
        voucher = self.part_of(over("sale_price"))
        seller = over("seller_discount") + voucher
        original = self.amount(1500)
        by_seller = self.part_of(original)
        by_platform = self.part_of(original - by_seller)
        cofunded = self.part_of(original - by_seller - by_platform)
        shipping = original - by_seller - by_platform - cofunded
        product_tax = sum((D(line["item_tax"][0]["tax_amount"]) for line in lines), D(0))
        if self.chance.random() < 0.3:
            product_tax += self.amount(3)  # lines whose taxes do not make up the whole
        shipping_tax = self.maybe(90)
        fees = {name: self.maybe(300) for name in FEES}
        sub_total, tax = listed - seller - platform, product_tax + shipping_tax
        return {
            "original_total_product_price": listed,
            "seller_discount": seller,
            "platform_discount": platform,
            "sub_total": sub_total,
            "original_shipping_fee": original,
            "shipping_fee_seller_discount": by_seller,
            "shipping_fee_platform_discount": by_platform,
            "shipping_fee_cofunded_discount": cofunded,
            "shipping_fee": shipping,
            "product_tax": product_tax,
            "shipping_fee_tax": shipping_tax,
            "tax": tax,
            **fees,
            "total_amount": sub_total + shipping + tax + sum(fees.values(), D(0)),
        }


def platform_money(payment: dict[str, str]) -> Decimal:
    names = (
        "platform_discount",
        "shipping_fee_platform_discount",
        "shipping_fee_cofunded_discount",
    )
    return sum((D(payment[name]) for name in names), D(0))


def transactions(order_input: dict[str, Any]) -> Decimal:
    sales = order_input.get("transactions", [])
    return sum((D(sale["amountSet"]["shopMoney"]["amount"]) for sale in sales), D(0))


@pytest.mark.parametrize("currency", ["USD", "VND", "KWD"])
@pytest.mark.parametrize("mode", ["payment", "discount"])
@pytest.mark.parametrize("seed", [1, 20261123])
def test_every_order_that_obeys_the_formulas_totals_to_the_cent(
    seed: int, mode: str, currency: str
) -> None:
    print(f"seed {seed}")  # noqa: T201 - shown with a failure
    shop = Shop(seed, currency)
    for _ in range(ORDERS):
        raw = shop.order()
        facts = order_facts(raw)
        order = shopify_order(facts, VARIANTS, MappingOptions(platform_discount_mode=mode))
        owed = facts.total_amount
        if mode == "payment":
            owed += platform_money(raw["payment"])

        assert order.total == owed
        assert shopify_total(order.input) == owed
        assert order.buyer_payment == facts.total_amount
        assert transactions(order.input) == (D(0) if facts.is_cod else owed)
        assert sum(line.quantity for line in order.lines) == len(facts.lines)
        assert sorted(i for line in order.lines for i in line.line_ids) == sorted(
            line.line_id for line in facts.lines
        )
        assert all(line.unit_price >= 0 for line in order.lines)


@pytest.mark.parametrize("currency", ["USD", "VND"])
def test_every_order_one_unit_off_its_formulas_is_refused(currency: str) -> None:
    shop = Shop(7, currency)
    for _ in range(ORDERS):
        raw = shop.order()
        # More than everything together: no reading of the fees can explain it.
        right = D(raw["payment"]["total_amount"])
        wrong = right + platform_money(raw["payment"]) + shop.step
        raw["payment"]["total_amount"] = str(wrong)

        with pytest.raises(MoneyMismatch) as refused:
            shopify_order(order_facts(raw), VARIANTS, MappingOptions())

        assert (refused.value.expected, refused.value.got) == (wrong, right)
