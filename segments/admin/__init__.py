"""The console's pages about whom the club means. Importing this registers them."""

from segments.admin import segment, timeline

__all__ = ["segment", "timeline"]
