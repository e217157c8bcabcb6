"""Proving the ledger, and keeping the result for the console."""

from datetime import datetime

from loyalty.models import Entry, LedgerCheck
from loyalty.queries.laws import Proof, prove_laws


def check_ledger(*, now: datetime) -> tuple[LedgerCheck, list[Proof]]:
    """Prove every law on the live database and store what was found."""
    proofs = prove_laws()
    breaks = [
        {"law": proof.law, "title": proof.title, "rows": proof.breaks} for proof in proofs if proof.breaks
    ]
    check = LedgerCheck.objects.create(checked_at=now, entries=Entry.objects.count(), breaks=breaks)
    return check, proofs
