"""Reading a table of order lines: rows that follow each other with one number are one receipt."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import IO

from loyalty.actions.imports import Reject, Slip
from loyalty.connectors.columns import ColumnMap
from loyalty.connectors.errors import UnableToReadFile
from loyalty.connectors.receipt import ore
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine, line_total_ore

LONGEST = {
    "number": 64,
    "member": 120,
    "order_number": 64,
    "store": 40,
    "sku": 80,
    "category_path": 400,
    "brand": 80,
}
NAME_LENGTH = 200
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?")
_LARGEST_QUANTITY = Decimal(10) ** 9
_THOUSANDTH = Decimal("0.001")
_ZERO = Decimal(0)


class _Unfit(Exception):
    """A row that cannot be taken in. ``reason`` is stable, ``facts`` explain it."""

    def __init__(self, reason: str, **facts: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Sequence[str]
    number: str


@dataclass(slots=True)
class _Read:
    """The rows of one receipt that can be taken in."""

    times: list[datetime]
    lines: list[NewLine | NewReturnLine]
    member: str
    store: str
    order_number: str


def read_slips(file: IO[bytes] | gzip.GzipFile, columns: ColumnMap) -> Iterator[Slip]:
    """The receipts and credit notes of a table, in the order of the file, with the rows left out.

    Reads as it goes. Raises ``UnableToReadFile`` when the file is no such table.
    """
    rows = _complaining(_rows(file, columns), columns)
    header = columns.header
    if not header:
        _line, first = next(rows, (0, []))
        header = tuple(cell.strip() for cell in first)
    reader = _Reader(columns, header)
    seen: set[str] = set()
    for number, group in _grouped(reader.row(line, cells) for line, cells in rows):
        yield reader.scattered(group) if number in seen else reader.slip(number, group)
        seen.add(number)


def _rows(file: IO[bytes] | gzip.GzipFile, columns: ColumnMap) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins; empty lines are no rows."""
    text = io.TextIOWrapper(file, columns.encoding, newline="")
    try:
        yield from _blank_rows(text) if columns.delimiter == "blanks" else _csv_rows(text, columns.delimiter)
    finally:
        if not file.closed:
            text.detach()  # or it would close the file, which is not ours


def _blank_rows(text: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    yield from ((line, words.split()) for line, words in enumerate(text, start=1) if words.strip())


def _csv_rows(text: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, delimiter=delimiter)
    begins = 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _complaining(
    rows: Iterator[tuple[int, list[str]]], columns: ColumnMap
) -> Iterator[tuple[int, list[str]]]:
    line = 0
    try:
        for line, cells in rows:
            yield line, cells
    except UnicodeDecodeError as error:
        raise UnableToReadFile("file_has_another_encoding", line=line, encoding=columns.encoding) from error
    except csv.Error as error:
        raise UnableToReadFile("file_is_not_a_table", line=line) from error
    except (EOFError, zlib.error, OSError) as error:
        raise UnableToReadFile("file_is_damaged", line=line) from error


def _grouped(rows: Iterable[_Row]) -> Iterator[tuple[str, list[_Row]]]:
    """Rows by their number. A row whose number cannot be read stays with those around it."""
    number, group = "", list[_Row]()
    for row in rows:
        if row.number and row.number != number:
            if group:
                yield number, group
            number, group = row.number, []
        group.append(row)
    if group:
        yield number, group


class _Reader:
    """Knows where in a row each meaning stands."""

    def __init__(self, columns: ColumnMap, header: Sequence[str]) -> None:
        self.columns = columns
        self.width = len(header)
        self._places = {meaning: self._found(of, header) for meaning, of in columns.columns.items()}
        self._moment = lru_cache(maxsize=4096)(self._parsed)

    def _found(self, wanted: Sequence[str], header: Sequence[str]) -> list[int]:
        for column in wanted:
            if column not in header:
                raise UnableToReadFile("column_is_missing", column=column, found=", ".join(header)[:500])
        return [header.index(column) for column in wanted]

    def row(self, line: int, cells: Sequence[str]) -> _Row:
        """A row with other columns than the header has no number: nobody knows what stands where."""
        if len(cells) != self.width:
            return _Row(line, cells, "")
        parts = [cells[place].strip() for place in self._places["number"]]
        return _Row(line, cells, "-".join(parts) if all(parts) else "")

    def scattered(self, group: Sequence[_Row]) -> Slip:
        """Rows whose number was closed by another one: the file is not sorted by receipt."""
        rejects = tuple(Reject(row.line, row.number[:64], "rows_are_scattered") for row in group)
        return Slip(last_line=group[-1].line, rejects=rejects)

    def slip(self, number: str, group: Sequence[_Row]) -> Slip:
        is_return = bool(self.columns.return_prefix) and number.startswith(self.columns.return_prefix)
        rejects: list[Reject] = []
        lines: dict[str, int] = {}
        read: _Read | None = None
        for position, row in enumerate(group, start=1):
            try:
                read = self._with_row(read, row, str(position), is_return=is_return)
                lines[str(position)] = row.line
            except _Unfit as unfit:
                rejects.append(Reject(row.line, row.number[:64], unfit.reason, unfit.facts))
        return Slip(
            new=self._new(number, read, is_return=is_return) if read else None,
            last_line=group[-1].line,
            member_id=read.member if read else "",
            store=read.store if read else "",
            lines=lines,
            rejects=tuple(rejects),
        )

    def _with_row(self, read: _Read | None, row: _Row, ref: str, *, is_return: bool) -> _Read:
        if len(row.cells) != self.width:
            raise _Unfit("row_has_other_columns", columns=str(len(row.cells)), wanted=str(self.width))
        if not row.number:
            raise _Unfit("number_is_missing")
        if any("\0" in cell for cell in row.cells) or len(row.number) > LONGEST["number"]:
            raise _Unfit("text_is_not_valid", column="number")
        at, member = self._moment(self._text(row, "placed_at")), self._text(row, "member")
        line = self._return_line(row, ref) if is_return else self._order_line(row, ref)
        if read is None:
            read = _Read([], [], member, self._text(row, "store"), self._text(row, "order_number"))
        if member != read.member:
            raise _Unfit("member_differs_from_the_first_row")
        read.times.append(at)
        read.lines.append(line)
        return read

    def _order_line(self, row: _Row, ref: str) -> NewLine:
        quantity = self._quantity(row)
        if quantity <= 0:
            raise _Unfit("quantity_is_not_positive", quantity=str(quantity))
        gross_ore, discount_ore = self._amount_ore(row, quantity), ore(self._decimal(row, "discount"))
        if gross_ore < 0:
            raise _Unfit("amount_is_negative")
        if not 0 <= discount_ore <= gross_ore:
            raise _Unfit("discount_is_not_within_the_amount")
        return NewLine(
            ref=ref,
            quantity=quantity,
            gross_ore=gross_ore,
            discount_ore=discount_ore,
            vat_rate=self.columns.vat_rate,
            sku=self._text(row, "sku"),
            name=self._text(row, "name")[:NAME_LENGTH],
            category_path=self._text(row, "category_path"),
            brand=self._text(row, "brand"),
        )

    def _return_line(self, row: _Row, ref: str) -> NewReturnLine:
        quantity = self._quantity(row)
        if quantity >= 0:
            raise _Unfit("returned_quantity_is_not_negative", quantity=str(quantity))
        return NewReturnLine(
            ref=ref,
            quantity=-quantity,
            amount_ore=abs(self._amount_ore(row, quantity)),
            sku=self._text(row, "sku"),
        )

    def _new(self, number: str, read: _Read, *, is_return: bool) -> NewOrder | NewReturn:
        if is_return:
            return NewReturn(
                source=self.columns.source,
                number=number,
                order_number=read.order_number,
                returned_at=min(read.times),
                lines=tuple(line for line in read.lines if isinstance(line, NewReturnLine)),
            )
        return NewOrder(
            source=self.columns.source,
            number=number,
            placed_at=min(read.times),
            lines=tuple(line for line in read.lines if isinstance(line, NewLine)),
            channel=self.columns.channel,
            currency=self.columns.currency,
        )

    def _amount_ore(self, row: _Row, quantity: Decimal) -> int:
        if "amount" in self._places:
            return ore(self._decimal(row, "amount"))
        return line_total_ore(self._decimal(row, "unit_price"), quantity)

    def _quantity(self, row: _Row) -> Decimal:
        quantity = self._decimal(row, "quantity")
        if abs(quantity) >= _LARGEST_QUANTITY or quantity != quantity.quantize(_THOUSANDTH):
            raise _Unfit("quantity_is_not_valid", quantity=str(quantity))
        return quantity

    def _decimal(self, row: _Row, meaning: str) -> Decimal:
        """An exact number; a column that the map does not name is nought."""
        if meaning not in self._places:
            return _ZERO
        text = row.cells[self._places[meaning][0]].strip()
        plain = text if self.columns.decimal == "." else text.replace(self.columns.decimal, ".", 1)
        if not _NUMBER.fullmatch(plain) or (plain == text and "." in text and self.columns.decimal != "."):
            raise _Unfit("number_is_not_valid", column=meaning, value=text[:40])
        return Decimal(plain)

    def _text(self, row: _Row, meaning: str) -> str:
        if meaning not in self._places:
            return ""
        text = row.cells[self._places[meaning][0]].strip()
        if len(text) > LONGEST.get(meaning, len(text)):
            raise _Unfit("text_is_too_long", column=meaning, longest=str(LONGEST[meaning]))
        return text

    def _parsed(self, text: str) -> datetime:
        form = self.columns.time_format
        try:
            moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
            local = moment if moment.tzinfo else moment.replace(tzinfo=self.columns.time_zone)
            return local.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise _Unfit("time_is_not_valid", value=text[:40]) from error
