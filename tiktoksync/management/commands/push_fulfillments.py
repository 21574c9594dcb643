"""Send tracking to TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Send tracking to TikTok."
    stem = "push_fulfillments"
