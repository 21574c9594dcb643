"""Read cancel requests and returns from TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read cancel requests and returns from TikTok."
    stem = "pull_aftersales"
