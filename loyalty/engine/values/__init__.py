"""The ten value types that every object of a programme is made of."""

from loyalty.engine.values.base import Base
from loyalty.engine.values.condition import Condition
from loyalty.engine.values.follow import Follow
from loyalty.engine.values.ladder import Ladder
from loyalty.engine.values.lifetime import Lifetime
from loyalty.engine.values.rate import Rate
from loyalty.engine.values.round import Round
from loyalty.engine.values.schedule import Schedule
from loyalty.engine.values.scope import Scope
from loyalty.engine.values.stack import Stack
from loyalty.engine.values.window import Window

__all__ = [
    "Base",
    "Condition",
    "Follow",
    "Ladder",
    "Lifetime",
    "Rate",
    "Round",
    "Schedule",
    "Scope",
    "Stack",
    "Window",
]
