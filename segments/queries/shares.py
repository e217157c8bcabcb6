"""A share: two numbers of each owner, worked out once each and put side by side."""

from fractions import Fraction
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Expression, F, QuerySet

from segments.engine.tree import Test

COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
NOBODY = "SELECT 0 AS owner, 0 AS result WHERE 1 = 0"
RANGES = {"between": (("gte", "lte"), "AND"), "not_between": (("lt", "gt"), "OR")}


class OwnsShare(Expression):
    """Whether the owner is one whose ``above`` divided by ``below`` passes the test; of no ``above`` it is zero.

    Both are grouped by ``owner`` and have a ``result``; everybody of ``below`` is asked. The ORM can only look up
    one for each row of the other, which takes minutes where this takes a join. Where it ``is_each``, ``above`` is of
    the one owner ``parts.owner``.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(
        self,
        owner: str,
        above: QuerySet[Any],
        below: QuerySet[Any],
        test: Test,
        scale: Fraction,
        *,
        is_each: bool = False,
    ) -> None:
        super().__init__()
        self.owner: Any = F(owner)
        self.above, self.below, self.test, self.scale = above, below, test, scale
        self.is_each = is_each

    def get_source_expressions(self) -> list[Any]:
        return [self.owner]

    def set_source_expressions(self, expressions: Any) -> None:
        [self.owner] = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        owner, params = compiler.compile(self.owner)
        try:
            above, above_params = self.above.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:  # nobody can have any
            above, above_params = NOBODY, ()
        below, below_params = self.below.query.get_compiler(connection=connection).as_sql()
        passes, bounds = _passes(self.test, self.scale)
        joined = (
            f"LATERAL ({above}) whole ON true"
            if self.is_each
            else f"({above}) whole ON whole.owner = parts.owner"
        )
        sql = (
            f"{owner} IN (SELECT parts.owner FROM ({below}) parts"  # noqa: S608 - compiled, with its parameters
            f" LEFT JOIN {joined} WHERE {passes})"
        )
        return sql, (*params, *below_params, *above_params, *bounds)


def _passes(test: Test, scale: Fraction) -> tuple[str, list[int]]:
    """Multiplied out, so that nothing is rounded."""
    if test.op in RANGES:
        ops, joint = RANGES[test.op]
        both = [_passes(Test(op, value), scale) for op, value in zip(ops, test.value, strict=True)]
        return f"({both[0][0]} {joint} {both[1][0]})", [*both[0][1], *both[1][1]]
    value = test.value * scale
    told = f"COALESCE(whole.result, 0) * %s - parts.result * %s {COMPARED[test.op]} 0"
    return told, [value.denominator, value.numerator]
