"""Cancel in Shopify what TikTok cancelled."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Cancel in Shopify what TikTok cancelled."
    stem = "push_cancellations"
