"""Write in Shopify the addresses that buyers changed on TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Write in Shopify the addresses that buyers changed on TikTok."
    stem = "push_addresses"
