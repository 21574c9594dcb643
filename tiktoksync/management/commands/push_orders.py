"""Create released orders in Shopify."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Create released orders in Shopify."
    stem = "push_orders"
