"""Take off Shopify orders what TikTok cancelled or paid back."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Take off Shopify orders what TikTok cancelled or paid back."
    stem = "push_refunds"
