"""List Shopify products on TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "List Shopify products on TikTok."
    stem = "upload_products"
