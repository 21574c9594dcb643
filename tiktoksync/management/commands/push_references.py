"""Write Shopify's order ids on TikTok's orders."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Write Shopify's order ids on TikTok's orders."
    stem = "push_references"
