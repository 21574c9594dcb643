"""A shop's stored settings in the words of the pure modules."""

from orders.mapping import MappingOptions
from orders.policy import OrderKind, Rules
from orders.policy_rules import DEFAULT_ORDER_TYPES
from tiktoksync.shops.models import OrderRules, TikTokShop


def order_rules(shop: TikTokShop) -> OrderRules:
    """The shop's settings, made with their defaults if it has none yet."""
    try:
        return shop.rules
    except OrderRules.DoesNotExist:
        return OrderRules.objects.get_or_create(shop=shop)[0]


def policy_rules(shop: TikTokShop) -> Rules:
    """What the policy needs to know of a shop."""
    rules = order_rules(shop)
    currency = shop.store.currency
    return Rules(
        sync_from=shop.sync_from,
        auto_sync=rules.auto_sync,
        safety_hold_minutes=rules.safety_hold_minutes,
        order_types=rules.order_types,
        store_currency=currency,
        accepted_currencies=(currency,) if currency else (),
        unlinked_policy=rules.unlinked_policy,
        is_live=shop.live_at is not None,
    )


def _tags_samples(rules: OrderRules) -> bool:
    chosen = rules.order_types.get(OrderKind.SAMPLE, DEFAULT_ORDER_TYPES[OrderKind.SAMPLE])
    return bool(chosen == "tag")


def mapping_options(shop: TikTokShop, extra_tags: tuple[str, ...] = ()) -> MappingOptions:
    """What the mapping needs to know of a shop."""
    rules = order_rules(shop)
    return MappingOptions(
        platform_discount_mode=rules.platform_discount_mode,
        order_name_prefix=rules.order_name_prefix,
        tag=rules.tag,
        extra_tags=extra_tags,
        sample_tag=rules.sample_tag if _tags_samples(rules) else "",
        marketplace_collects_tax=rules.marketplace_collects_tax,
        inventory_behaviour=rules.inventory_behaviour,
        stand_in_email=rules.stand_in_email,
        original_date=rules.original_date,
        unlinked_policy=rules.unlinked_policy,
        shop_name=shop.name,
    )
