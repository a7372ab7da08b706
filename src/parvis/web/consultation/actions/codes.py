"""Printing counter codes, taking back a batch that was lost, and using a code up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.codes import hashed, new_code, read_code
from parvis.web.consultation.models import CodeBatch, EntryPoint, UnusedCode
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

MOST_AT_ONCE = 1200


@transaction.atomic
def print_codes(entry_point: EntryPoint, *, size: int, by: Person, at: datetime) -> tuple[CodeBatch, list[str]]:
    """A batch of new codes, as text. They are told this once: what stays is the hash of each."""
    if not 1 <= size <= MOST_AT_ONCE:
        raise ParvisError(refusals.BATCH_SIZE)
    last = CodeBatch.objects.filter(entry_point=entry_point).aggregate(last=Max("number"))["last"] or 0
    batch = CodeBatch.objects.create(entry_point=entry_point, number=last + 1, size=size, printed_at=at, printed_by=by)
    codes = sorted({new_code() for _ in range(size)})
    while len(codes) < size:
        codes = sorted({*codes, new_code()})
    whose = {"edition": entry_point.edition_id, "organisation": entry_point.organisation_id}
    hashes = sorted(hashed(read_code(code), **whose) for code in codes)  # their order tells nothing of the paper's
    UnusedCode.objects.bulk_create([UnusedCode(hash=each, batch=batch) for each in hashes], batch_size=500)
    journal(verb="codes.printed", subject=batch, by=by, at=at, edition=entry_point.edition.slug, detail={"size": size})
    return batch, codes


@transaction.atomic
def cancel_codes(batch: CodeBatch, *, by: Person, at: datetime) -> int:
    """A sheet was lost: the codes of its batch that were not used are worth nothing any more. Returns how many."""
    if batch.cancelled_at is not None:
        return 0
    cancelled, _ = UnusedCode.objects.filter(batch=batch).delete()
    batch.cancelled_at, batch.cancelled_by = at, by
    batch.save(update_fields=["cancelled_at", "cancelled_by"])
    journal(verb="codes.cancelled", subject=batch, by=by, at=at, edition=batch.entry_point.edition.slug,
            detail={"codes": cancelled})  # fmt: skip
    return cancelled


def spend_code(entry_point: EntryPoint, typed: str) -> bool:
    """Use a code up, within the transaction that keeps its response; False when it is none, or none any more."""
    code = read_code(typed)
    if not code:
        return False
    mine = hashed(code, edition=entry_point.edition_id, organisation=entry_point.organisation_id)
    return UnusedCode.objects.filter(hash=mine).delete()[0] == 1
