"""Read new and changed orders from TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read new and changed orders from TikTok."
    stem = "pull_orders"
