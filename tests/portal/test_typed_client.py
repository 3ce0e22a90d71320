"""A typed client made from the committed schema, which runs the contract against a live server."""

import importlib
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile
from openapi_python_client.parser.errors import GeneratorError
from pytest_django.live_server_helper import LiveServer

from portal import outbound
from portal.accounts import clients
from portal.accounts.models import Scope, User
from tests.localities.people import member, officer, organisation, signed_in

NAME = "tsunagari_client"
AS_BYTES = dict.fromkeys(["application/x-ndjson", "text/csv"], "application/octet-stream")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The client's package, made without a warning and without its linter."""
    folder = tmp_path_factory.mktemp("client")
    config = Config.from_sources(
        ConfigFile(post_hooks=[], content_type_overrides=AS_BYTES),
        MetaType.NONE,
        document_source=Path("docs/openapi.json"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / NAME,
    )
    faults: list[GeneratorError] = list(generate(config=config))
    assert faults == []
    sys.path.insert(0, str(folder))
    yield NAME
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[name]


class Api:
    """The generated client: `api.ask("provinces.provinces_list", page_size=3)`."""

    def __init__(self, url: str, token: str = "", **kwargs: Any) -> None:
        made = importlib.import_module(NAME)
        self.url = url
        self.client: Any = (
            made.AuthenticatedClient(url, token=token) if token else made.Client(url, **kwargs)
        )

    def of_system(self, client_id: str, secret: str) -> "Api":
        """The same with an access token for the secret."""
        body = self.model(
            "TokenRequestRequest",
            grant_type="client_credentials",
            client_id=client_id,
            client_secret=secret,
        )
        return Api(self.url, self.ask("oauth.oauth_token", body=body).access_token)

    def of_person(self, user: User) -> "Api":
        """The same with the cookies of a person who is signed in."""
        token = "a" * 32
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
        return Api(self.url, cookies=cookies, headers={"X-CSRFToken": token})

    def model(self, name: str, **values: Any) -> Any:
        """A body, read by the model of that name."""
        return getattr(self.models, name).from_dict(values)

    @property
    def models(self) -> ModuleType:
        """The models of the client."""
        return importlib.import_module(f"{NAME}.models")

    def file(self, content: str, name: str, kind: str) -> Any:
        """What is sent as it is."""
        types = importlib.import_module(f"{NAME}.types")
        return types.File(BytesIO(content.encode()), name, kind)

    def answer(self, operation: str, *args: Any, status: int = 200, **kwargs: Any) -> Any:
        """The answer, which has this status, with its headers and what was read from it."""
        module = importlib.import_module(f"{NAME}.api.{operation}")
        answer = module.sync_detailed(*args, client=self.client, **kwargs)
        assert answer.status_code == status, answer.content
        return answer

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """What was read from the answer."""
        return self.answer(operation, *args, **kwargs).parsed


def the_catalogue_is_read_by_pages(api: Api) -> None:
    codes, cursor = [], {}
    while True:
        page = api.ask("provinces.provinces_list", page_size=20, **cursor)
        codes += [each.code for each in page.results]
        if page.next_ is None:
            break
        cursor = {"cursor": parse_qs(urlsplit(page.next_).query)["cursor"][0]}
    assert (len(codes), codes) == (34, sorted(set(codes)))


def each_list_and_its_first_record_are_read(api: Api) -> None:
    folder = Path(importlib.import_module(f"{NAME}.api").__path__[0])
    rooms = sorted(each.parent.name for each in folder.glob("*/*_retrieve.py"))
    read = []
    for room in rooms:
        if room == "match_jobs":
            continue
        page = api.ask(f"{room}.{room}_list", page_size=1)
        for first in page.results:
            assert api.ask(f"{room}.{room}_retrieve", first.slug) == first
            assert first.additional_properties == {}
            read.append(room)
    assert read == [
        "agreements",
        "commitments",
        "cost_benchmarks",
        "discrepancies",
        "expressways",
        "indicators",
        "industrial_parks",
        "investment_priorities",
        "observations",
        "provinces",
        "sectors",
        "sources",
        "support_organisations",
        "support_programmes",
        "talent_institutions",
        "transport_nodes",
    ]


def filters_order_and_fields_are_heeded(api: Api) -> None:
    models = api.models
    names = models.IndustrialParksListFieldsItem
    page = api.ask(
        "industrial_parks.industrial_parks_list",
        province=["dong-nai", "hai-phong"],
        rental_factory=models.IndustrialParksListRentalFactory.TRUE,
        ordering=models.IndustrialParksListOrdering.VALUE_1,
        fields=[names.SLUG, names.PROVINCE],
    )
    told = [each.to_dict() for each in page.results]
    assert {frozenset(each) for each in told} == {frozenset({"slug", "province"})}
    assert {each["province"] for each in told} == {"dong-nai", "hai-phong"}
    slugs = [each["slug"] for each in told]
    assert slugs == sorted(slugs, reverse=True)
    include = models.ProvincesRetrieveIncludeItem
    province = api.ask("provinces.provinces_retrieve", "dong-nai", include=[include.PARKS])
    assert {each.province for each in province.parks} == {"dong-nai"}


def errors_are_problem_documents(api: Api, anybody: Api) -> None:
    body = api.model("QuestionRequest", profile={"sector": "no-such-sector"})
    wrong = api.ask("matches.matches_create", body=body, status=400)
    assert [(each.pointer, each.code) for each in wrong.errors] == [
        ("#/profile/sector", "invalid_choice")
    ]
    lost = api.ask("provinces.provinces_retrieve", "atlantis", status=404)
    gone = api.ask("provinces.provinces_retrieve", "binh-duong", status=410)
    who = anybody.ask("webhooks.webhooks_list", status=401)
    kinds = {type(each).__name__ for each in (wrong, lost, gone, who)}
    assert (kinds, wrong.status, lost.status, gone.status, who.status) == (
        {"Problem"},
        400,
        404,
        410,
        401,
    )


def a_match_is_asked_for(api: Api) -> None:
    body = api.model(
        "QuestionRequest",
        profile={"sector": "fabricated-metal", "stage": "prepare"},
        must_haves=["rental_factory", {"macro": ["south"]}],
        limit=3,
        detail="full",
    )
    answer = api.ask("matches.matches_create", body=body)
    first = answer.results[0]
    assert [each.rank for each in answer.results] == sorted(each.rank for each in answer.results)
    assert {each.place.macro for each in answer.results} == {"south"}
    assert answer.counts.ranked + answer.counts.excluded + answer.counts.too_little_data == 34
    total = sum(each.contribution for each in first.criteria)
    assert total == pytest.approx(first.fit - answer.mean_fit)


def a_profile_is_kept_matched_and_deleted(person: Api) -> None:
    question = {"profile": {"sector": "fabricated-metal", "employees": 80}}
    body = person.model("NewProfileBodyRequest", title="Ours", question=question)
    key = {"idempotency_key": "profile-1"}
    made = person.answer("profiles.profiles_create", body=body, status=201, **key)
    again = person.answer("profiles.profiles_create", body=body, status=201, **key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (made.content, "true")
    own = made.parsed
    assert own.question.to_dict() == question
    assert [each.id for each in person.ask("profiles.profiles_list").results] == [own.id]
    named = person.model("PatchedProfileBodyRequest", title="Theirs")
    seen = {"if_match": made.headers["ETag"]}
    changed = person.answer("profiles.profiles_change", own.id, body=named, **seen)
    assert changed.parsed.title == "Theirs"
    stale = person.ask("profiles.profiles_change", own.id, body=named, status=412, **seen)
    assert stale.status == 412
    match = person.ask("profiles.profiles_matches_create", own.id, status=201)
    assert len(match.ranking) == 34
    listed = person.ask("profiles.profiles_matches_list", own.id).results
    assert [each.id for each in listed] == [match.id]
    assert person.ask("profiles.profiles_matches_read", own.id, match.id) == match
    now = {"if_match": person.answer("profiles.profiles_read", own.id).headers["ETag"]}
    assert person.ask("profiles.profiles_delete", own.id, status=204, **now) is None
    assert person.ask("profiles.profiles_list").results == []


def profiles_are_matched_in_jobs(api: Api) -> None:
    rows = [
        {"id": "A-1", "profile": {"sector": "fabricated-metal"}},
        {"id": "A-2", "profile": {"sector": "no-such-sector"}},
    ]
    a_list = api.model("MatchJobRequestRequest", profiles=rows, limit=1)
    a_table = api.file("id,sector\nA-1,fabricated-metal\nA-2,no-such-sector\n", "", "")
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    form = api.models.MatchJobsCreateFilesBody(
        file=api.file(lines, "profiles.ndjson", "application/x-ndjson")
    )
    ids = [
        api.ask("match_jobs.match_jobs_create", body=a_list, status=202).id,
        api.ask("match_jobs.match_jobs_create", body=a_table, limit=1, status=202).id,
        api.ask("match_jobs.match_jobs_create", body=form, limit=1, status=202).id,
    ]
    told = [each.id for each in api.ask("match_jobs.match_jobs_list").results]
    assert told == ids[::-1]
    found = [results_of(api, each) for each in ids]
    assert [[(row.id, row.results is None) for row in each] for each in found] == [
        [("A-1", False), ("A-2", True)]
    ] * 3
    assert found[0][0].results == found[1][0].results == found[2][0].results
    assert [error.code for error in found[0][1].errors] == ["invalid_choice"]
    for each in ids:
        assert api.ask("match_jobs.match_jobs_destroy", each, status=204) is None
    assert api.ask("match_jobs.match_jobs_list").results == []


def results_of(api: Api, job: Any) -> list[Any]:
    """The rows of a job's results, read by their model; as CSV they are as many."""
    told = api.ask("match_jobs.match_jobs_retrieve", job)
    assert (told.state, told.rows_total, told.rows_done, told.rows_failed) == ("done", 2, 2, 1)
    forms = api.models.MatchJobsResultsForm
    lines = api.answer("match_jobs.match_jobs_results", job, form=forms.NDJSON).content
    table = api.answer("match_jobs.match_jobs_results", job, form=forms.CSV).content
    assert len(table.decode().splitlines()) == 3
    return [api.models.Found.from_dict(json.loads(line)) for line in lines.splitlines()]


def a_changeset_is_drafted_proposed_and_applied(api: Api, officer: Api) -> None:
    source = {"title": "Visit of October 2026", "publisher": "Osaka", "published": "2026-10"}
    edit = {
        "kind": "industrial-park",
        "key": "long-duc",
        "field": "tenants_count",
        "new": 71,
        "source": source,
    }
    body = api.model("NewChangesetBodyRequest", title="Visit", edits=[edit])
    made = api.answer("changesets.changesets_create", body=body, status=201)
    number = made.parsed.number
    named = api.model("PatchedChangesetBodyRequest", title="Visit to Long Duc")
    etag = {"if_match": made.headers["ETag"]}
    changed = api.answer("changesets.changesets_change", number, body=named, **etag)
    assert changed.parsed.title == "Visit to Long Duc"
    word = api.model("CommentBodyRequest", comment="As seen")
    api.ask("changesets.changesets_propose", number, body=word, status=412, if_match='"0"')
    etag = {"if_match": changed.headers["ETag"]}
    proposed = api.answer("changesets.changesets_propose", number, body=word, **etag)
    assert [each.step for each in proposed.parsed.steps][-1] == "proposed"
    edits = api.ask("changesets.changesets_edits_list", number).results
    assert [(each.action, each.kind) for each in edits] == [
        ("create", "source"),
        ("update", "industrial-park"),
    ]
    etag = {"if_match": proposed.headers["ETag"]}
    assert api.ask("changesets.changesets_apply", number, body=word, status=403, **etag)
    applied = officer.ask("changesets.changesets_apply", number, body=word, **etag)
    assert (applied.state, applied.version, applied.client) == ("applied", 2, "CRM")
    listed = api.ask("changesets.changesets_list", key="long-duc").results
    assert [each.number for each in listed] == [number]
    park = api.ask("industrial_parks.industrial_parks_retrieve", "long-duc")
    assert park.tenants_count == 71


def changes_and_dumps_are_read(api: Api) -> None:
    first, second = api.ask("changes.changes_list").results
    assert (first.version, first.edits, second.edits_count) == (1, None, len(second.edits))
    assert [each.version for each in api.ask("changes.changes_list", since=1).results] == [2]
    edits = api.ask("changes.changes_edits_list", 2).results
    assert edits == second.edits
    newest = api.ask("dumps.dumps_list").results[0]
    assert (newest.version, [file.form for file in newest.files]) == (
        2,
        ["ndjson", "geojson", "zip"],
    )
    form = api.models.DumpsReadForm.NDJSON
    dump = api.ask("dumps.dumps_read", newest.version, form)
    assert json.loads(dump.payload.readline())["catalogue_version"] == 2


def a_webhook_is_made_tested_and_removed(api: Api) -> None:
    body = api.model(
        "NewWebhookBodyRequest", url="https://crm.example.jp/hook", events=["catalogue.changed"]
    )
    made = api.ask("webhooks.webhooks_create", body=body, status=201)
    assert made.secret.startswith("whsec_")
    assert [each.id for each in api.ask("webhooks.webhooks_list").results] == [made.id]
    assert api.ask("webhooks.webhooks_rotate", made.id).secret != made.secret
    sent = api.ask("webhooks.webhooks_test", made.id, status=202)
    [delivery] = api.ask("webhooks.webhook_deliveries_list", made.id).results
    assert (delivery.id, [each.error for each in delivery.attempts]) == (
        sent.id,
        ["Unreachable: Nobody."],
    )
    again = api.ask("webhooks.webhook_deliveries_resend", made.id, sent.id, status=202)
    assert (again.message, len(again.attempts)) == (sent.message, 2)
    off = api.model("PatchedWebhookBodyRequest", active=False)
    seen = api.answer("webhooks.webhooks_read", made.id).headers["ETag"]
    assert api.ask("webhooks.webhooks_change", made.id, body=off, if_match=seen).active is False
    assert api.ask("webhooks.webhooks_remove", made.id, status=204) is None
    assert api.ask("webhooks.webhooks_read", made.id, status=404).status == 404


def test_the_contract_is_run_by_a_typed_client(
    package: str, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one test, since the catalogue is loaded anew after each that has a live server."""

    def away(*args: object, **kwargs: object) -> None:
        raise outbound.Unreachable("Nobody.")

    monkeypatch.setattr(outbound, "send", away)
    osaka = organisation("osaka", curates="dong-nai")
    head = member("head", "administrator", osaka)
    client, secret = clients.make(head, osaka, "CRM", [str(scope) for scope in Scope])
    other = officer("other", "reviewer", "osaka")
    anybody = Api(live_server.url)
    api = anybody.of_system(client.client_id, secret)
    the_catalogue_is_read_by_pages(api)
    each_list_and_its_first_record_are_read(api)
    filters_order_and_fields_are_heeded(api)
    errors_are_problem_documents(api, anybody)
    a_match_is_asked_for(anybody)
    a_profile_is_kept_matched_and_deleted(anybody.of_person(head))
    profiles_are_matched_in_jobs(api)
    a_changeset_is_drafted_proposed_and_applied(api, anybody.of_person(other))
    changes_and_dumps_are_read(api)
    a_webhook_is_made_tested_and_removed(api)
