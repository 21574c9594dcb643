"""Put back the webhook subscriptions that are missing at every connected Shopify store."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Put back the webhook subscriptions that are missing at every connected Shopify store."
    stem = "keep_store_webhooks"
