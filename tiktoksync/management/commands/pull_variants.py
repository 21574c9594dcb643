"""Read the variants of every connected Shopify store."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read the variants of every connected Shopify store."
    stem = "pull_variants"
