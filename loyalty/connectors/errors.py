"""Why something from a shop cannot be read."""

from members.actions import UnableTo


class UnableToReadOrder(UnableTo):
    """``facts["field"]`` is the path of the field that is missing or cannot be, as the shop names it.

    ``order_is_waiting``, ``order_is_cancelled`` and ``order_is_refunded`` say that the payload is
    sound, but is no order to record.
    """


class UnableToReadFile(UnableTo):
    """The file, or the map of its columns, cannot be read at all. ``facts["line"]`` when it has one."""
