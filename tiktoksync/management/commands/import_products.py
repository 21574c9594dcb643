"""Create Shopify products from TikTok listings."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Create Shopify products from TikTok listings."
    stem = "import_products"
