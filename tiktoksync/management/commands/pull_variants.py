"""Read the variants of the connected Shopify stores that were asked for."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read the variants of the connected Shopify stores that were asked for."
    stem = "pull_variants"
