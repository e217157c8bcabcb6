"""The console's pages about what is said to members. Importing this registers them."""

from campaigns.admin import campaign, message, suppression

__all__ = ["campaign", "message", "suppression"]
