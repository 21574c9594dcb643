"""Put back the webhook subscriptions that are missing at every connected TikTok shop."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Put back the webhook subscriptions that are missing at every connected TikTok shop."
    stem = "keep_shop_webhooks"
