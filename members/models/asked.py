"""Questions whose SQL is compiled once, because Django would compile the same text anew for every order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models.query import get_related_populators

Rows = list[Any]
Build = Callable[..., "models.QuerySet[Any, Any]"]
# Stand for a number, a text and a moment while a question is compiled: no column holds them, nor any filter.
_NUMBER = 0x5374616D6B756E64
_TEXT = "\0"
_MOMENT = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """``build`` makes a query of ``values``: each a number, a text, or a list of numbers, texts or moments.

    A boolean and an empty text are part of the question. What else ``build`` says may not
    change, and it uses every value as it is. Its rows come as the query would give them.
    """

    build: Build
    values: tuple[Any, ...]

    @property
    def compiled(self) -> "Compiled | None":
        """Its statement, or ``None`` when it can find nothing."""
        return _compiled(self.build, tuple(_shape(value) for value in self.values))

    @property
    def given(self) -> list[Any]:
        """The single values, in the order in which the marks of ``compiled`` count them."""
        return list(_singles(self.values))


def asked(build: Build, *values: Any) -> Asked:
    return Asked(build, values)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, for each of its parameters the value or the number of the value, and what makes rows of it."""

    sql: str
    params: tuple[tuple[Any, bool], ...]
    converters: tuple[tuple[int, Any, Any], ...]
    as_row: Callable[[Sequence[Any]], Any]
    width: int
    is_locking: bool
    is_sliced: bool

    def filled(self, given: Sequence[Any]) -> list[Any]:
        if self.is_locking and connection.get_autocommit():
            raise transaction.TransactionManagementError("Rows are locked within a transaction only.")
        return [given[param] if is_given else param for param, is_given in self.params]

    def rows(self, fetched: Iterable[Sequence[Any]]) -> Rows:
        if not self.converters:
            return [self.as_row(row) for row in fetched]
        return [self.as_row(self._converted(row)) for row in fetched]

    def _converted(self, fetched: Sequence[Any]) -> list[Any]:
        row = list(fetched)
        for position, converter, expression in self.converters:
            row[position] = converter(row[position], expression, connection)
        return row


def _shape(value: Any) -> Any:
    """What the statement depends on: how many there are of which type; some values themselves."""
    if isinstance(value, str | int):
        return value if _is_part_of_the_question(value) else type(value)
    return tuple(type(single) for single in value)


def _is_part_of_the_question(value: Any) -> bool:
    return isinstance(value, bool) or value == ""


def _singles(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if not isinstance(value, str | int):
            yield from map(_as_param, value)
        elif not _is_part_of_the_question(value):
            yield value


@lru_cache(maxsize=512)
def _compiled(build: Build, shape: tuple[Any, ...]) -> Compiled | None:
    marks: dict[Any, int] = {}
    query = build(*[_marked(one, marks) for one in shape]).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    if not marks.keys() <= set(params):
        raise TypeError(f"{build.__name__} changes what it is asked, so it cannot be compiled once.")
    return Compiled(
        sql=sql,
        params=tuple((marks.get(param, param), param in marks) for param in params),
        converters=tuple(_converters(compiler)),
        as_row=_as_row(query, compiler),
        width=len(compiler.select),
        is_locking=bool(query.select_for_update),
        is_sliced=query.is_sliced,
    )


def _marked(shape: Any, marks: dict[Any, int]) -> Any:
    if isinstance(shape, str | bool):
        return shape
    if isinstance(shape, tuple):
        return [_marked(single, marks) for single in shape]
    number = len(marks)
    mark = _mark(shape, number)
    marks[_as_param(mark)] = number
    return mark


def _mark(kind: type, number: int) -> Any:
    if issubclass(kind, datetime):
        return _MOMENT + timedelta(seconds=number)
    return f"{_TEXT}{number}" if issubclass(kind, str) else _NUMBER + number


def _as_param(value: Any) -> Any:
    """As the database takes it; only moments are not the same in all of them."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _converters(compiler: Any) -> Iterator[tuple[int, Any, Any]]:
    expressions = [selected[0] for selected in compiler.select]
    for position, (converters, expression) in compiler.get_converters(expressions).items():
        for converter in converters:
            yield position, converter, expression


def _as_row(query: Any, compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Tuples of ``values_list``, else models with what was selected and those selected with them."""
    info = compiler.klass_info
    if query.values_select or info is None:
        return tuple
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[first:last]]
    related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]

    def model(row: Sequence[Any]) -> Any:
        one = info["model"].from_db(connection.alias, names, row[first:last])
        for populator in related:
            populator.populate(row, one)
        return one

    return model
