"""Open data: a dump read back is the catalogue, with its licence, its sources and its version."""

import csv
import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from localities.curation.values import columns, lists, stored
from localities.models import KINDS, Catalogue, Citation, IndustrialPark, Province, StoredDump
from localities.tasks import ask_for_dump
from portal.jobs.models import Job
from portal.jobs.running import run_waiting
from portal.sheets import RUNS
from tests.matching.changing import deactivate, update

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/dumps/"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def catalogue() -> dict[tuple[str, str], tuple[bool, dict[str, Any]]]:
    return {
        (kind, key): (one.active, one.values)
        for kind, model in KINDS.items()
        for key, one in stored(model).items()
    }


def dump(client: Client, form: str, version: int = 1) -> bytes:
    answer = client.get(f"{ROOT}{version}/catalogue.{form}")
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def test_ndjson_read_back_is_the_catalogue(client: Client) -> None:
    deactivate("industrial-park", "long-duc")
    head, *lines = [json.loads(line) for line in dump(client, "ndjson", 2).decode().splitlines()]
    read = {
        (line["kind"], line["key"]): (line["is_active"], line["fields"])
        for line in lines
        if line.keys() == {"kind", "key", "is_active", "fields"}
    }

    assert (head["catalogue_version"], head["licence"]) == (2, LICENCE)
    assert head["attribution"] == "Tsunagari, catalogue version 2"
    assert (len(read), read) == (len(lines), catalogue())
    assert read["industrial-park", "long-duc"][0] is False


def test_csv_read_back_is_the_catalogue(client: Client) -> None:
    deactivate("industrial-park", "long-duc")
    archive = ZipFile(io.BytesIO(dump(client, "zip", 2)))
    package = json.loads(archive.read("datapackage.json"))
    read = {}
    for resource in package["resources"]:
        kind = resource["name"]
        table = csv.DictReader(io.StringIO(archive.read(resource["path"]).decode("utf-8-sig")))
        assert [each["name"] for each in resource["schema"]["fields"]] == table.fieldnames
        for row in table:
            key, active = row.pop("key"), row.pop("is_active")
            read[kind, key] = (json.loads(active), typed(kind, row))
    whole = {
        record: (active, {name: None if value == "" else value for name, value in values.items()})
        for record, (active, values) in catalogue().items()
    }

    assert set(archive.namelist()) == {"datapackage.json", *(f"{kind}.csv" for kind in KINDS)}
    assert "Take the first apostrophe of such a cell away" in package["description"]
    assert package["applied_at"].endswith("+09:00")
    assert (package["catalogue_version"], package["licenses"]) == (2, [LICENCE])
    assert read == whole


def typed(kind: str, row: dict[str, str]) -> dict[str, Any]:
    """A row's cells as the values of the kind's fields."""
    model, found = KINDS[kind], {}
    for name, cell in row.items():
        field = columns(model).get(name)
        inner = "" if field is None else field.get_internal_type()
        if cell == "":
            found[name] = None
        elif name in lists(model) or inner in ("JSONField", "BooleanField"):
            found[name] = json.loads(cell)
        elif inner == "FloatField":
            found[name] = float(cell)
        elif inner.endswith("IntegerField"):
            found[name] = int(cell)
        else:
            found[name] = cell.removeprefix("'") if cell[1:2] in RUNS else cell
    return found


def test_no_cell_of_the_csv_can_run(client: Client) -> None:
    before = IndustrialPark.objects.get(key="long-duc").name_vi
    update("industrial-park", "long-duc", "name_vi", before, "=HYPERLINK(1)")
    archive = ZipFile(io.BytesIO(dump(client, "zip", 2)))
    table = csv.DictReader(io.StringIO(archive.read("industrial-park.csv").decode("utf-8-sig")))

    assert [row["name_vi"] for row in table if row["key"] == "long-duc"] == ["'=HYPERLINK(1)"]


def test_geojson_holds_the_places_with_their_sources(client: Client) -> None:
    deactivate("industrial-park", "long-duc")
    whole = json.loads(dump(client, "geojson", 2))
    features = {feature["id"]: feature for feature in whole["features"]}
    places = {
        f"{kind}/{key}": one
        for kind in (Province.kind, IndustrialPark.kind)
        for key, one in stored(KINDS[kind]).items()
        if one.active
    }
    hue = features["province/hue"]
    cited = Citation.objects.filter(record_kind="province", record="hue", is_active=True)

    assert (whole["type"], whole["catalogue_version"], whole["licence"]) == (
        "FeatureCollection",
        2,
        LICENCE,
    )
    assert set(features) == set(places)
    assert hue["geometry"] == {
        "type": "Point",
        "coordinates": [
            places["province/hue"].values["admin_centre_lon"],
            places["province/hue"].values["admin_centre_lat"],
        ],
    }
    assert {one["key"] for one in hue["properties"]["sources"]} == {one.source_id for one in cited}
    assert cited
    unknown = [key for key, one in places.items() if one.values.get("lat", 0) is None]
    assert unknown
    assert [key for key, one in features.items() if one["geometry"] is None] == unknown


def test_a_dump_is_made_once_and_known_by_its_digest(client: Client) -> None:
    address = f"{ROOT}1/catalogue.ndjson"
    first = client.get(address)
    made_at = StoredDump.objects.get().made_at
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"] == f'"{sha256(first.content).hexdigest()}"'
    assert first.headers["Content-Type"] == "application/x-ndjson"
    assert first.headers["Content-Disposition"] == (
        'attachment; filename="tsunagari-catalogue-1.ndjson"'
    )
    assert (again.status_code, again.content) == (304, b"")
    assert StoredDump.objects.get().made_at == made_at


def test_the_list_tells_of_each_file_and_what_is_not_made_yet(client: Client) -> None:
    content = dump(client, "geojson")
    (dumps,) = client.get(ROOT).json()["results"]
    made_at = dumps["files"][1].pop("made_at")
    unknown = {"bytes": None, "sha256": None}

    def address(form: str) -> str:
        return f"http://testserver{ROOT}1/catalogue.{form}"

    assert made_at is not None
    assert client.get(ROOT).json()["licence"] == LICENCE
    assert dumps == {
        "version": 1,
        "attribution": "Tsunagari, catalogue version 1",
        "files": [
            {"form": "ndjson", "url": address("ndjson"), **unknown, "made_at": None},
            {
                "form": "geojson",
                "url": address("geojson"),
                "bytes": len(content),
                "sha256": sha256(content).hexdigest(),
            },
            {"form": "zip", "url": address("zip"), **unknown, "made_at": None},
        ],
    }


def test_the_list_changes_its_etag_when_a_dump_is_made(client: Client) -> None:
    before = client.get(ROOT).headers["ETag"]
    assert client.get(ROOT, headers={"If-None-Match": before}).status_code == 304
    dump(client, "geojson")
    assert client.get(ROOT, headers={"If-None-Match": before}).status_code == 200


def test_an_earlier_version_stays_as_it_was_and_an_unknown_one_is_not_there(
    client: Client,
) -> None:
    before = dump(client, "ndjson")
    deactivate("industrial-park", "long-duc")
    missing = client.get(f"{ROOT}1/catalogue.zip", headers={"Accept-Language": "en"})

    assert dump(client, "ndjson", 1) == before != dump(client, "ndjson", 2)
    assert missing.status_code == 404
    assert missing.json()["detail"] == (
        "There is no dump of this version; those that there are: http://testserver/api/v1/dumps/"
    )
    for address in ("3/catalogue.ndjson", "0/catalogue.zip", "999999999/catalogue.zip"):
        assert client.get(ROOT + address).status_code == 404
    unheard = client.get(f"{ROOT}1/catalogue.pdf", headers={"Accept-Language": "en"})
    assert (unheard.status_code, unheard.json()["detail"]) == (
        404,
        "A dump has one of these forms: ndjson, geojson, zip.",
    )


@pytest.mark.parametrize("accepted", ["application/x-ndjson", "application/geo+json", "text/html"])
def test_the_address_decides_on_the_form(client: Client, accepted: str) -> None:
    answer = client.get(f"{ROOT}1/catalogue.ndjson", headers={"Accept": accepted})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")


def test_downloads_are_limited_on_their_own(client: Client) -> None:
    with override_settings(API_RATES={"read": "100/day", "dump": "1/day"}):
        assert client.get(f"{ROOT}1/catalogue.geojson").status_code == 200
        assert client.get(f"{ROOT}1/catalogue.geojson").status_code == 429
        assert client.get(ROOT).status_code == 200


def test_the_command_writes_what_the_address_answers(client: Client, tmp_path: Path) -> None:
    call_command("dump_catalogue", out=tmp_path / "new", verbosity=0)

    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == {
        f"catalogue.{form}": dump(client, form) for form in ("ndjson", "geojson", "zip")
    }


def test_the_command_writes_the_forms_that_are_asked_for(tmp_path: Path) -> None:
    call_command("dump_catalogue", "--out", str(tmp_path), "--form", "geojson")

    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.geojson"]


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="file"):
        call_command("dump_catalogue", out=tmp_path / "file")
    Catalogue.objects.update(version=0)
    with pytest.raises(CommandError, match="empty"):
        call_command("dump_catalogue", out=tmp_path)


def test_the_nights_job_makes_all_forms_once_a_day_and_drops_old_ones() -> None:
    Job.objects.all().delete()
    StoredDump.objects.bulk_create(
        StoredDump(version=number, form="zip", digest="x", size=1, content=b"x")
        for number in range(100, 112)
    )
    ask_for_dump()
    ask_for_dump()
    assert run_waiting() == 1
    ask_for_dump()
    assert Job.objects.get().state == "done"
    assert list(StoredDump.objects.values_list("version", flat=True)) == list(range(111, 101, -1))


def test_what_the_job_made_is_what_the_address_answers(client: Client) -> None:
    Job.objects.all().delete()
    ask_for_dump()
    run_waiting()
    stored_ = {one.form: bytes(one.content) for one in StoredDump.objects.all()}

    assert stored_ == {form: dump(client, form) for form in ("ndjson", "geojson", "zip")}
