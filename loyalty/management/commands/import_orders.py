import csv
import gc
import gzip
import hashlib
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from loyalty.actions.batches import collecting_between_batches
from loyalty.actions.imports import Slip, finish_import, import_slips, start_import
from loyalty.connectors.columns import ColumnMap, known_maps
from loyalty.connectors.reasons import reason
from loyalty.connectors.share import Share
from loyalty.connectors.table import read_slips
from loyalty.models import ImportJob, ImportNote
from members.actions import UnableTo

ACTOR = "import_orders"
BAR_LENGTH = 30

HELP = """\
Import orders and returns of a shop's past from a table (CSV, also .csv.gz), one row per order line.

Nobody is told of what happened in the past. Broken off, even by kill -9, the command goes on where it stopped when
it is run again; run on a file that is in already, it changes nothing. Rows that cannot be taken in, and return lines
that belong to no order, are written to a file with their line numbers and reasons.
"""

MAP_FORMAT = """\
A column map is a YAML or JSON file:

  source: my-shop               orders are known by this name and their number
  currency: SEK
  time_zone: Europe/Stockholm   of times that name none
  return_prefix: C              numbers that begin so are returns; their quantities are negative
  columns:
    number: Receipt             may be a list of columns that make the number together
    placed_at: Date
    quantity: Pieces
    unit_price: Price           or amount: the total of the row
    member: Customer            empty in a row: a guest

Everything else is told in loyalty/connectors/README.md.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, epilog=MAP_FORMAT, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            required=True,
            help=f"which column means what: {', '.join(known_maps())}, or the path of your own map",
        )
        parser.add_argument("--source", help="the name of the shop, instead of the one in the map")
        parser.add_argument(
            "--rejects", type=Path, help="where to write what was left out (FILE.rejects.csv here)"
        )
        parser.add_argument("--batch", type=int, default=2000, help="receipts per transaction (2000)")
        parser.add_argument(
            "--workers",
            type=int,
            default=1,
            help="processes that share the work, member by member; to go on after a stop, say as many again (1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            columns = ColumnMap.named(options["map"])
            if options["source"]:
                columns = replace(columns, source=options["source"])
            size, workers = max(options["batch"], 1), max(options["workers"], 1)
            jobs = self.import_shares(path, columns, Share.all_of(workers), size)
        except UnableTo as error:
            raise CommandError(reason(error.key, error.facts)) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.report(jobs, options["rejects"] or Path(f"{path.name}.rejects.csv"))

    def import_shares(
        self, path: Path, columns: ColumnMap, shares: Sequence[Share], size: int
    ) -> list[ImportJob]:
        """Have each of several shares taken in by a process of its own; each tells its own progress."""
        if len(shares) == 1:
            return [self.import_file(path, columns, shares[0], size)]
        if connection.vendor == "sqlite":
            raise CommandError("SQLite lets one process write at a time: leave --workers out.")
        connection.close()  # a connection cannot be shared
        fork = get_context("fork")
        workers = [fork.Process(target=self.import_file, args=(path, columns, one, size)) for one in shares]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise CommandError("A worker stopped. What was taken in stays: run the same command again.")
        digests = [digest_of(path, columns, share) for share in shares]
        return [
            ImportJob.objects.filter(digest=digest, source=columns.source).latest("pk") for digest in digests
        ]

    def import_file(self, path: Path, columns: ColumnMap, share: Share, size: int) -> ImportJob:
        """Take in a share of the file from where the last run stopped."""
        now = timezone.now()
        digest = digest_of(path, columns, share)
        job = start_import(file_name=path.name, digest=digest, source=columns.source, actor=ACTOR, now=now)
        if job.line:
            self.stderr.write(f"Goes on after line {job.line}.")
        with path.open("rb") as raw, collecting_between_batches():
            file = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            bar = Bar(path.stat().st_size, is_drawn=share.of == 1 and sys.stderr.isatty())
            slips = (slip for slip in read_slips(file, columns) if share.holds(slip))
            for batch in batches(slips, after=job.line, size=size):
                job = import_slips(job=job, slips=batch, actor=ACTOR, now=now)
                gc.collect()
                bar.show(raw.tell(), f"line {job.line}, {job.orders} orders")
            bar.finish()
        return finish_import(job=job, now=timezone.now())

    def report(self, jobs: Sequence[ImportJob], rejects: Path) -> None:
        notes = ImportNote.objects.filter(job__in=jobs).order_by("line", "pk")
        rejected = notes.filter(kind=ImportNote.Kind.REJECTED).count()
        parked = notes.filter(kind=ImportNote.Kind.PARKED).count()
        new = {name: sum(getattr(job, name) for job in jobs) for name in ("members", "orders", "returns")}
        self.stdout.write("New: {members} members, {orders} orders, {returns} returns.".format(**new))
        known = sum(job.known for job in jobs)
        self.stdout.write(f"Known before and unchanged: {known} orders and returns.")
        self.stdout.write(
            f"Rejected: {rejected} lines. Returned without a matching order line: {parked} lines."
        )
        if rejected or parked:
            write_notes(rejects, notes.iterator())
            self.stdout.write(f"Each of them with its reason: {rejects}")


class Bar:
    """A progress bar, on a terminal that nobody shares; else a line each time another tenth is done."""

    def __init__(self, total: int, *, is_drawn: bool) -> None:
        self.is_drawn = is_drawn
        self.total = max(total, 1)
        self.tenths = 0

    def show(self, done: int, told: str) -> None:
        share = min(done / self.total, 1)
        if self.is_drawn:
            filled = "#" * int(share * BAR_LENGTH)
            sys.stderr.write(f"\r[{filled:.<{BAR_LENGTH}}] {share:4.0%}  {told}")
            sys.stderr.flush()
        elif int(share * 10) > self.tenths:
            self.tenths = int(share * 10)
            sys.stderr.write(f"{share:.0%}  {told}\n")

    def finish(self) -> None:
        if self.is_drawn:
            sys.stderr.write("\n")


def batches(slips: Iterator[Slip], *, after: int, size: int) -> Iterator[list[Slip]]:
    """The receipts that end after a line of the file, ``size`` at a time."""
    left = (slip for slip in slips if slip.last_line > after)
    while batch := list(islice(left, size)):
        yield batch


def digest_of(path: Path, columns: ColumnMap, share: Share) -> str:
    """Tells one share of one file, read in one way, from every other."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(repr((columns, share)).encode())
    return digest.hexdigest()


def write_notes(path: Path, notes: Iterable[ImportNote]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["line", "number", "kind", "reason", "explanation"])
        for note in notes:
            explained = reason(note.reason, note.facts)
            rows.writerow([note.line, note.number, note.kind, note.reason, explained])
