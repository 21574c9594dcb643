"""The TikTok Shop half of the sandbox."""
