"""The Shopify half of the sandbox."""
