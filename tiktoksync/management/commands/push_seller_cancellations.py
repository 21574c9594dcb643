"""Cancel on TikTok what was cancelled in Shopify."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Cancel on TikTok what was cancelled in Shopify."
    stem = "push_seller_cancellations"
