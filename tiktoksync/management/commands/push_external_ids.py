"""Note Shopify's ids on TikTok's listings."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Note Shopify's ids on TikTok's listings."
    stem = "push_external_ids"
