"""`load_catalogue` fills an empty catalogue, leaves a living one alone, refuses what is broken."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from localities.models import KINDS, Catalogue, Changeset, Edit, IndustrialPark

pytestmark = pytest.mark.django_db

PARKS = "15_industrial_park.json"


def load(folder: Path | None = None, verbosity: int = 1) -> str:
    out = StringIO()
    options: dict[str, Any] = {"fixtures": folder} if folder else {}
    call_command("load_catalogue", stdout=out, verbosity=verbosity, skip_checks=True, **options)
    return out.getvalue()


@pytest.fixture
def fixtures(tmp_path: Path) -> Path:
    """A copy of all fixtures, to be changed."""
    return Path(shutil.copytree(settings.BASE_DIR / "fixtures", tmp_path / "fixtures"))


@pytest.fixture
def few_fixtures(tmp_path: Path) -> Path:
    """A copy of parks, observations and what they point to, to be broken."""
    for number in ("02", "03", "04", "05", "15", "19", "20"):
        for path in (settings.BASE_DIR / "fixtures").glob(f"{number}_*.json"):
            shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def empty() -> None:
    """A catalogue of before the first load."""
    lists = [many.remote_field.through for m in KINDS.values() for many in m._meta.many_to_many]
    for model in (*lists, *KINDS.values(), Edit, Changeset, Catalogue):
        model._default_manager.all()._raw_delete("default")


def change(folder: Path, file: str, edit: Callable[[list[Any]], object]) -> None:
    """Rewrites a fixture file through `edit`, which changes the list of its records."""
    path = folder / file
    records = json.loads(path.read_text(encoding="utf-8"))
    edit(records)
    path.write_text(json.dumps(records), encoding="utf-8")


def test_first_load_is_changeset_1_of_the_system(empty: None) -> None:
    printed = load().splitlines()

    assert printed[0] == "source                   1378"
    assert printed[-2] == "total                    9151"
    assert printed[-1].startswith("Catalogue version 1, loaded in ")
    assert Catalogue.objects.get().version == 1
    changeset = Changeset.objects.get()
    assert (changeset.version, changeset.state, changeset.author) == (1, "applied", None)
    assert changeset.edits.count() == 9151
    assert set(Edit.objects.values_list("action", flat=True)) == {"create"}


def test_second_load_changes_nothing() -> None:
    assert load() == "Nothing to do: catalogue version 1 equals the fixtures.\n"
    assert Changeset.objects.count() == 1


def test_load_on_a_catalogue_that_moved_on_reports_and_changes_nothing(fixtures: Path) -> None:
    IndustrialPark.objects.filter(key="long-duc").update(tenants_count=71)
    IndustrialPark.objects.filter(key="amata-bien-hoa").update(is_active=False)
    change(fixtures, PARKS, lambda records: records.pop())

    lines = load(fixtures, verbosity=2).splitlines()
    assert lines[0] == "Nothing changed: catalogue version 1 differs from fixtures."
    assert lines[1].split() == ["kind", "same", "differing", "missing", "extra"]
    assert ["industrial-park", "228", "1", "1", "1"] in [line.split() for line in lines]
    assert lines[-3:] == [
        "industrial-park amata-bien-hoa: missing in the catalogue",
        "industrial-park yen-phong-industrial-park: not in the fixtures",
        "industrial-park long-duc tenants_count: fixture 70, catalogue 71",
    ]
    assert IndustrialPark.objects.get(key="long-duc").tenants_count == 71


def _set(index: int, **fields: Any) -> Callable[[list[Any]], object]:
    return lambda records: records[index]["fields"].update(fields)


BROKEN: list[tuple[str, Callable[[list[Any]], object], str]] = [
    (PARKS, _set(0, lat=50.5), f"{PARKS}: amata-bien-hoa: lat: 50.5 is too high"),
    (PARKS, _set(0, colour="red"), f"{PARKS}: amata-bien-hoa: colour: this kind"),
    (PARKS, _set(0, province="saigon"), f"{PARKS}: amata-bien-hoa: province: There is no record"),
    (PARKS, _set(0, target_sectors=["x"]), f"{PARKS}: amata-bien-hoa: target_sectors: There is no"),
    (
        PARKS,
        _set(0, tenants_count="111"),
        f"{PARKS}: amata-bien-hoa: tenants_count: '111': a whole",
    ),
    (PARKS, _set(0, lon=None), f"{PARKS}: amata-bien-hoa: "),
    (PARKS, _set(0, status="shut"), f"{PARKS}: amata-bien-hoa: status: “shut” is not known"),
    (
        PARKS,
        lambda records: records.append(records[0]),
        f"{PARKS}: amata-bien-hoa: also in {PARKS}",
    ),
    (PARKS, lambda records: records[0].update(pk=7), f"{PARKS}: record 1: pk is a text"),
    (PARKS, lambda records: records[0].update(pk="a b"), f"{PARKS}: a b: key: Enter a valid"),
    (
        PARKS,
        lambda records: records[0].update(model="auth.user"),
        f"{PARKS}: amata-bien-hoa: model",
    ),
    (PARKS, lambda records: records[0].pop("fields"), f"{PARKS}: amata-bien-hoa: a record has"),
    (PARKS, lambda records: records.insert(0, 5), f"{PARKS}: record 1: a record has"),
    (PARKS, _set(0, lat=float("nan")), f"{PARKS}: NaN is not a number"),
    ("19_indicator.json", lambda records: records.pop(0), "20_observation.json: "),
]


@pytest.mark.parametrize(("file", "edit", "message"), BROKEN)
def test_broken_record_is_named_and_nothing_is_stored(
    empty: None, few_fixtures: Path, file: str, edit: Callable[[list[Any]], object], message: str
) -> None:
    change(few_fixtures, file, edit)
    with pytest.raises(CommandError) as caught:
        load(few_fixtures)
    lines = str(caught.value).splitlines()
    assert [line for line in lines if line.startswith(message)], lines[:3]
    assert Changeset.objects.count() == 0
    assert {model.objects.count() for model in KINDS.values()} == {0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"model": ', f"{PARKS}: Expecting value: line 1 column 12"),
        (b"{}", f"{PARKS}: a list of records is needed"),
        (b'["\xff"]', f"{PARKS}: 'utf-8' codec can't decode"),
    ],
)
def test_broken_file_is_named(few_fixtures: Path, content: bytes, message: str) -> None:
    (few_fixtures / PARKS).write_bytes(content)
    with pytest.raises(CommandError) as caught:
        load(few_fixtures)
    assert str(caught.value).startswith(message)


def test_file_without_a_number_is_no_part_of_the_catalogue(fixtures: Path) -> None:
    (fixtures / "notes.json").write_text("no fixture", encoding="utf-8")
    assert load(fixtures) == "Nothing to do: catalogue version 1 equals the fixtures.\n"


def test_folder_without_fixtures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no"):
        load(tmp_path)
