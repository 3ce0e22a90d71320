"""How many queries each page of the desk needs, with one row and with many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from localities.curation.editing import Backing, save_record
from localities.forms.layout import EDITABLE
from localities.imports import files
from localities.models import KINDS, Changeset, ImportFile
from portal.accounts.models import User
from tests.localities.people import officer, operator, organisation, signed_in
from tests.localities.test_desk import PARK, edited, proposed

pytestmark = pytest.mark.django_db

MOST = 12


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="dong-nai")


@pytest.fixture
def reviewer(editor: User) -> User:
    return officer("reviewer", "reviewer", "osaka")


def queries(user: User, address: str) -> int:
    """Those of a reader who comes again."""
    client = signed_in(user)
    client.get(address)
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200, address
    return len(context)


def file(author: User, rows: int) -> ImportFile:
    lines = [f"trial-{row},Trial {row},{row}" for row in range(rows)]
    content = "\n".join(["key,name_en,tenants_count", *lines]).encode()
    return files.receive(
        content,
        name="parks.csv",
        kind="industrial-park",
        author=author,
        organisation=organisation("osaka"),
    )


def counted(user: User, waiting: Changeset, draft: Changeset, given: ImportFile) -> dict[str, int]:
    edit = reverse("desk:edit", args=["industrial-park", PARK])
    addresses = {
        "home": reverse("desk:home"),
        "worklist": reverse("desk:worklist", args=["stale"]) + "?of=all",
        "worklist-blanks": reverse("desk:worklist", args=["blanks"]) + "?of=all",
        "worklist-discrepancies": reverse("desk:worklist", args=["discrepancies"]) + "?of=all",
        "decide": reverse("desk:decide", args=["ha-noi-population-8718000-statistical-average"]),
        "worklist-links": reverse("desk:worklist", args=["links"]),
        "worklist-bare": reverse("desk:worklist", args=["unsourced"]),
        "worklist-waiting": reverse("desk:worklist", args=["waiting"]),
        "history": reverse("desk:history"),
        "history-park": reverse("desk:record-history", args=["industrial-park", PARK]),
        "history-province": reverse("desk:record-history", args=["province", "dong-nai"]),
        "statistics": reverse("desk:statistics"),
        "changesets": reverse("desk:changesets"),
        "changesets-mine": reverse("desk:changesets") + "?of=decide",
        "changeset": reverse("desk:changeset", args=[waiting.pk]),
        "impact": reverse("matching:changeset-impact", args=[waiting.pk]),
        "edit": edit + "?draft=new",
        "edit-draft": f"{edit}?draft={draft.pk}",
        "add": reverse("desk:add", args=["industrial-park"]) + "?province=dong-nai",
        "import": reverse("desk:import"),
        "import-columns": reverse("desk:import-columns", args=[given.pk]),
        "import-check": reverse("desk:import-check", args=[given.pk]),
    }
    return {name: queries(user, address) for name, address in addresses.items()}


def test_every_page_needs_few_queries_whatever_the_rows(editor: User, reviewer: User) -> None:
    draft = edited(reviewer, tenants_count=72)
    few = counted(reviewer, proposed(editor), draft, file(reviewer, 1))
    for count in range(15):
        waiting = proposed(editor, tenants_count=80 + count, bank=True, clinic=True)
        edited(reviewer, title=f"Another {count}", clinic=True) if count < 5 else None
        file(reviewer, 1)
    _lengthen(draft, reviewer)
    many = counted(reviewer, waiting, draft, file(reviewer, 60))
    assert many == few
    assert {name: count for name, count in many.items() if count > MOST} == {}


def _lengthen(draft: Changeset, author: User) -> None:
    parks = KINDS["industrial-park"].objects.filter(province="dong-nai").values_list("key")
    source = draft.edits.exclude(source=None).values_list("source", flat=True).first()
    for (key,) in parks.exclude(key=PARK)[:20]:
        wanted: dict[str, Any] = {"commune": key}
        save_record(
            draft,
            actor=author,
            kind="industrial-park",
            key=key,
            wanted=wanted,
            backing=Backing(str(source)),
        )


def test_the_form_of_every_kind_needs_few_queries(editor: User) -> None:
    edited(editor)
    client = signed_in(editor)
    found = {}
    for kind, model in EDITABLE.items():
        address = reverse("desk:edit", args=[kind, model._default_manager.values_list("key")[0][0]])
        client.get(address)
        with CaptureQueriesContext(connection) as context:
            assert client.get(address).status_code == 200, kind
        found[kind] = len(context)
    assert {kind: count for kind, count in found.items() if count > MOST} == {}
