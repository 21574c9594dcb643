"""Read the products of the connected TikTok shops that were asked for."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read the products of the connected TikTok shops that were asked for."
    stem = "pull_listings"
