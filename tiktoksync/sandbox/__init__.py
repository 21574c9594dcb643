"""Both platforms on your own machine: a stand-in for TikTok Shop and Shopify over real HTTP.

The package imports nothing of the rest of the project and keeps its whole state in memory.
"""
