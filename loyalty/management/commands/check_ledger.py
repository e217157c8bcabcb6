"""``manage.py check_ledger``: prove the laws of the ledger and say what was proved."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.actions import check_ledger


class Command(BaseCommand):
    help = "Prove the laws of the ledger on this database; exits with 1 when one is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command takes no arguments."""

    def handle(self, *args: Any, **options: Any) -> None:
        check, proofs = check_ledger(now=timezone.now())
        for proof in proofs:
            verdict = "holds" if proof.holds else "BROKEN"
            self.stdout.write(f"{proof.law:>2}  {verdict:<6}  {proof.checked:>9} rows  {proof.title}")
            for sentence in proof.breaks:
                self.stdout.write(f"      {sentence}")
        if check.breaks:
            raise CommandError(f"{len(check.breaks)} of {len(proofs)} laws are broken.", returncode=1)
        self.stdout.write(f"All {len(proofs)} laws hold over {check.entries} entries.")
