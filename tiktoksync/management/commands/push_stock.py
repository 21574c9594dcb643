"""Tell TikTok what can be sold."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Tell TikTok what can be sold."
    stem = "push_stock"
