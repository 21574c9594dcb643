"""Put listings on or off sale on TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Put listings on or off sale on TikTok."
    stem = "push_listing_states"
