"""Who curates what on the embedded portal, so that every step of the desk can be tried."""

from django.db import transaction

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.models import Edit, Stewardship

# Organisation of `portal.accounts.demonstration`, key, and what it curates (all others: no kind).
_STEWARDS = (
    (
        "demo-prefecture",
        "dong-nai-industrial-park",
        {"province": "dong-nai", "record_kind": "industrial-park"},
    ),
    ("demo-province", "dong-nai-all-kinds", {"province": "dong-nai"}),
    ("demo-park", "all-kinds-at-long-duc", {"park": "long-duc"}),
)


@transaction.atomic
def name_stewards() -> None:
    """Names them, by a changeset of the system's own; nothing where anybody was ever named."""
    if Stewardship.objects.exists():
        return
    edits = [
        Edit(
            action=Edit.Action.CREATE,
            record_kind=Stewardship.kind,
            record=key,
            new={"organisation": organisation, **scope},
        )
        for organisation, key, scope in _STEWARDS
    ]
    apply(propose(draft("デモ：ドンナイの担当機関", edits)))
