"""A typed client made from the committed schema, which runs the contract against a live server."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile
from openapi_python_client.parser.errors import GeneratorError
from pytest_django.live_server_helper import LiveServer

from portal.accounts import clients
from portal.accounts.models import Scope
from tests.localities.people import member, organisation

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


@pytest.fixture
def api(package: str, live_server: LiveServer) -> "Api":
    """The client, of an organisation that may do all that clients may."""
    osaka = organisation("osaka", curates="dong-nai")
    head = member("head", "administrator", osaka)
    client, secret = clients.make(head, osaka, "CRM", [str(scope) for scope in Scope])
    return Api(live_server.url).signed_in(client.client_id, secret)


class Api:
    """The generated client: `api.ask("provinces.provinces_list", page_size=3)`."""

    def __init__(self, url: str, token: str = "") -> None:
        made = importlib.import_module(NAME)
        self.url = url
        self.client: Any = made.AuthenticatedClient(url, token=token) if token else made.Client(url)

    def signed_in(self, client_id: str, secret: str) -> "Api":
        """The same with an access token for the secret."""
        body = self.model(
            "TokenRequestRequest",
            grant_type="client_credentials",
            client_id=client_id,
            client_secret=secret,
        )
        return Api(self.url, self.ask("oauth.oauth_token", body=body).access_token)

    def model(self, name: str, **values: Any) -> Any:
        """A body, read by the model of that name."""
        return getattr(self.models, name).from_dict(values)

    @property
    def models(self) -> ModuleType:
        """The models of the client."""
        return importlib.import_module(f"{NAME}.models")

    def answer(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """The answer with its status, headers and what was read from it."""
        module = importlib.import_module(f"{NAME}.api.{operation}")
        return module.sync_detailed(*args, client=self.client, **kwargs)

    def ask(self, operation: str, *args: Any, status: int = 200, **kwargs: Any) -> Any:
        """What was read from the answer, which has this status."""
        answer = self.answer(operation, *args, **kwargs)
        assert answer.status_code == status, answer.content
        return answer.parsed


def the_catalogue_is_read_by_pages(api: Api) -> None:
    codes, cursor = [], {}
    while True:
        page = api.ask("provinces.provinces_list", page_size=20, **cursor)
        codes += [each.code for each in page.results]
        if page.next_ is None:
            break
        cursor = {"cursor": page.next_.split("cursor=")[1].split("&")[0].replace("%3A", ":")}
    assert (len(codes), codes) == (34, sorted(set(codes)))


def each_list_and_its_first_record_are_read(api: Api) -> None:
    module = importlib.import_module(f"{NAME}.api")
    rooms = [each.name for each in Path(module.__path__[0]).iterdir() if each.is_dir()]
    read = []
    for room in sorted(rooms):
        folder = Path(module.__path__[0]) / room
        if (folder / f"{room}_retrieve.py").exists():
            page = api.ask(f"{room}.{room}_list", page_size=1)
            first = page.results[0]
            assert api.ask(f"{room}.{room}_retrieve", first.slug) == first
            read.append(room)
    assert len(read) == 15


def filters_narrow_a_list(api: Api) -> None:
    of_model = api.models.IndustrialParksListRentalFactory
    page = api.ask(
        "industrial_parks.industrial_parks_list",
        province=["dong-nai"],
        rental_factory=of_model.TRUE,
    )
    assert page.results
    assert {(each.province, each.rental_factory) for each in page.results} == {("dong-nai", True)}


def a_match_is_asked_for(api: Api) -> None:
    body = api.model(
        "QuestionRequest",
        profile={"sector": "fabricated-metal", "stage": "prepare"},
        must_haves=["rental_factory", {"macro": ["south"]}],
        limit=3,
        detail="full",
    )
    answer = api.ask("matches.matches_create", body=body)
    assert [each.rank for each in answer.results] == sorted(each.rank for each in answer.results)
    assert {each.place.macro for each in answer.results} == {"south"}
    assert answer.counts.ranked + answer.counts.excluded + answer.counts.too_little_data == 34


def a_wrong_profile_is_a_problem_with_pointers(api: Api) -> None:
    body = api.model("QuestionRequest", profile={"sector": "no-such-sector"})
    problem = api.ask("matches.matches_create", body=body, status=400)
    assert (problem.status, [each.pointer for each in problem.errors]) == (
        400,
        ["#/profile/sector"],
    )


def changes_and_dumps_are_read(api: Api) -> None:
    [first] = api.ask("changes.changes_list").results
    assert (first.version, first.edits) == (1, None)
    assert api.ask("changes.changes_list", since=1).results == []
    edits = api.ask("changes.changes_edits_list", 1, page_size=2).results
    assert [each.action for each in edits] == ["create", "create"]
    [dump] = api.ask("dumps.dumps_list").results
    assert (dump.version, [file.form for file in dump.files]) == (1, ["ndjson", "geojson", "zip"])


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
    assert delivery.id == sent.id
    off = api.model("PatchedWebhookBodyRequest", active=False)
    assert api.ask("webhooks.webhooks_change", made.id, body=off).active is False
    assert api.ask("webhooks.webhooks_remove", made.id, status=204) is None
    gone = api.ask("webhooks.webhooks_read", made.id, status=404)
    assert gone.status == 404


def profiles_are_matched_in_a_job(api: Api) -> None:
    body = api.model(
        "MatchJobRequestRequest",
        profiles=[
            {"id": "A-1", "profile": {"sector": "fabricated-metal"}},
            {"id": "A-2", "profile": {"sector": "no-such-sector"}},
        ],
        limit=1,
    )
    made = api.ask("match_jobs.match_jobs_create", body=body, status=202)
    job = api.ask("match_jobs.match_jobs_retrieve", made.id)
    assert (job.state, job.rows_total, job.rows_failed) == ("done", 2, 1)
    assert [each.id for each in api.ask("match_jobs.match_jobs_list").results] == [made.id]
    assert api.ask("match_jobs.match_jobs_destroy", made.id, status=204) is None


def test_the_contract_is_run_by_a_typed_client(api: Api) -> None:
    """In one test, since the catalogue is loaded anew after each that has a live server."""
    the_catalogue_is_read_by_pages(api)
    each_list_and_its_first_record_are_read(api)
    filters_narrow_a_list(api)
    a_match_is_asked_for(api)
    a_wrong_profile_is_a_problem_with_pointers(api)
    changes_and_dumps_are_read(api)
    a_webhook_is_made_tested_and_removed(api)
    profiles_are_matched_in_a_job(api)
