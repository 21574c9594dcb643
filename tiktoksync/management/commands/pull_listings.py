"""Read the products of every connected TikTok shop."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read the products of every connected TikTok shop."
    stem = "pull_listings"
