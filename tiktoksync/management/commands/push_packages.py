"""Fulfill Shopify orders with the parcels that TikTok ships."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Fulfill Shopify orders with the parcels that TikTok ships."
    stem = "push_packages"
