"""Tell TikTok the prices."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Tell TikTok the prices."
    stem = "push_prices"
