"""The console's pages about who the members are and what they did. Importing this registers them."""

from members.admin import activity, member, order, panels, shop, timeline, webhooks

__all__ = ["activity", "member", "order", "panels", "shop", "timeline", "webhooks"]
