"""Read shipments from Shopify."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read shipments from Shopify."
    stem = "pull_fulfillments"
