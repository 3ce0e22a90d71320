"""The profile in four steps: all of it in the address, each step a page of its own."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import Sector
from matching.forms import PARAMETERS
from matching.steps import STEP_OF, STEPS

pytestmark = pytest.mark.django_db

WHOLE = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&employees=80&floor_area_m2=500"
    "&rent_budget_usd_m2_month=5&power_kva=300&water_m3_day=20&workers=30&engineers=2"
    "&wage_budget_usd_month=400&max_km_to_seaport=80&max_km_to_airport=90&other_sectors=machinery"
    "&purposes=supply-japanese-makers&entry_modes=rental-factory&talent_fields=mechanical"
    "&services=one_stop_setup&customer_provinces=ho-chi-minh&existing_ties=dong-nai"
    "&must=rental_factory&must=floor_area&macro=south&w_sector=3&w_hard=4&w_soft=5"
    "&w_talent=4&w_market=3&w_cost=2&level=park&limit=5"
)
# In the northern half no port is that near, and no airport either.
NOTHING = (
    "sector=machinery&max_km_to_seaport=0&max_km_to_airport=0&must=seaport_within_km"
    "&must=airport_within_km&macro=central"
)


def _page(client: Client, query: str, status: int = 200, language: str = "en") -> str:
    response = client.get(f"/{language}/matching/?{query}")
    assert response.status_code == status, response.headers
    return response.content.decode()


def _current(html: str) -> str:
    [step] = re.findall(r'name="step" value="(\d)" aria-current="step"', html)
    return str(step)


def _sent(html: str) -> list[tuple[str, str]]:
    """What the form sends as it stands, without its buttons."""
    form = html[html.index('id="profile-form"') : html.index("</form>")]
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    sent += re.findall(r'<input class="input"[^>]* name="(\w+)" value="([^"]*)"', form)
    sent += re.findall(
        r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]*)"[^>]* checked', form
    )
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', form, re.S):
        sent += [
            (name, value) for value in re.findall(r'<option value="([^"]*)" selected', options)
        ]
    return [(name, value) for name, value in sent if value]


def test_every_parameter_has_its_step() -> None:
    assert sorted(STEP_OF) == sorted(PARAMETERS)


@pytest.mark.parametrize("step", ["1", "2", "3", "4"])
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_each_step_sends_all_that_was_said(client: Client, step: str, language: str) -> None:
    html = _page(client, f"step={step}&{WHOLE}", language=language)
    assert _current(html) == step
    assert sorted(_sent(html)) == sorted(parse_qsl(WHOLE))


@pytest.mark.parametrize("step", ["1", "2", "3", "4"])
def test_each_field_of_a_step_can_be_filled_in(client: Client, step: str) -> None:
    html = _page(client, f"step={step}&sector=machinery")
    names = set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', html))
    assert set(STEPS[int(step) - 1].fields) <= names


def test_an_address_without_a_step_opens_the_first_with_everything_kept(client: Client) -> None:
    html = _page(client, WHOLE)
    assert _current(html) == "1"
    assert sorted(_sent(html)) == sorted(parse_qsl(WHOLE))


def test_an_address_loses_its_blanks_and_is_the_same_for_everybody(client: Client) -> None:
    response = client.get("/en/matching/?what=&power_kva=&must=clinic&sector=machinery&step=3")
    assert response.status_code == 302
    assert response["Location"] == "/en/matching/?step=3&sector=machinery&must=clinic"


def test_the_step_stays_out_of_the_results_address(client: Client) -> None:
    query = "step=4&what=%E5%88%87%E5%89%8A&sector=machinery&must=clinic"
    response = client.get(f"/en/matching/results/?{query}")
    assert response.status_code == 302
    assert response["Location"] == "/en/matching/results/?sector=machinery&must=clinic"


def test_the_summary_says_what_was_said_and_leads_to_each_step(client: Client) -> None:
    html = _page(client, f"step=3&{WHOLE}", language="ja")
    said = html[html.index('<ol class="said">') : html.index("</ol>", html.index('class="said"'))]
    links = re.findall(r'href="/ja/matching/\?([^"]*)"', said)
    assert [parse_qsl(link.replace("&amp;", "&")) for link in links] == [
        [("step", str(step)), *parse_qsl(WHOLE)] for step in (1, 2, 3, 4)
    ]
    for text in ("大阪府", "80名", "500㎡", "300 kVA", "レンタル工場", "南部"):
        assert f">{text}</li>" in said


@pytest.mark.parametrize("asked", ["1", "4"])
@pytest.mark.parametrize(
    ("wrong", "step", "told"),
    [
        ("employees=2.5", "1", "whole number"),
        ("prefecture=48", "1", "list"),
        ("floor_area_m2=-5", "2", "from 0.001 to 10,000,000"),
        ("services=magic", "2", "list"),
        ("workers=many", "3", "number is needed"),
        ("w_hard=7", "4", "5"),
        ("must=charm", "4", "charm"),
        ("limit=0", "4", "1"),
    ],
)
def test_a_wrong_value_opens_the_step_with_its_field(
    client: Client, asked: str, wrong: str, step: str, told: str
) -> None:
    query = f"step={asked}&sector=machinery&power_kva=300&must=clinic&{wrong}"
    html = _page(client, query, 400)
    assert _current(html) == step
    name = wrong.partition("=")[0]
    error = re.search(rf'id="id_{name}-error">(.*?)</p>', html, re.S)
    assert error is not None
    assert told in error[1]
    assert {("sector", "machinery"), ("power_kva", "300"), ("must", "clinic")} <= set(_sent(html))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ja", "までの数を入力してください"),
        ("en", "Allowed is a number from"),
        ("vi", "Cho phép số từ"),
    ],
)
def test_an_error_is_told_in_the_readers_language(client: Client, language: str, told: str) -> None:
    assert told in _page(client, "step=2&floor_area_m2=-5", 400, language)


def test_the_step_asked_for_stays_where_it_has_an_error_too(client: Client) -> None:
    html = _page(client, "step=3&employees=0&workers=-1", 400)
    assert _current(html) == "3"
    assert html.count(">to mend<") == 2


@pytest.mark.parametrize("step", ["0", "5", "x", "1&step=2"])
def test_a_step_that_there_is_not_keeps_the_rest(client: Client, step: str) -> None:
    html = _page(client, f"step={step}&{WHOLE}", 400)
    assert "a step that there is not" in html
    assert _current(html) == "1"
    assert sorted(_sent(html)) == sorted(parse_qsl(WHOLE))


def test_ten_thousand_parameters_are_answered_briefly(client: Client) -> None:
    query = urlencode([(f"a{number}", 1) for number in range(10_000)])
    response = client.get(f"/ja/matching/?{query}")
    assert response.status_code == 400
    assert len(response.content) < 20_000
    assert 'html lang="ja"' in response.content.decode()


def test_a_must_have_that_lacks_its_number_is_no_error_until_it_is_asked(client: Client) -> None:
    query = "sector=machinery&must=floor_area"
    html = _page(client, f"step=4&{query}")
    assert ("must", "floor_area") in _sent(html)
    left = re.search(r'id="left-floor_area">(.*?)</p>', html, re.S)
    assert left is not None
    assert "Needs “Floor area”." in left[1]
    assert 'name="step" value="2"' in left[1]
    response = client.get(f"/en/matching/results/?{query}")
    assert response.status_code == 400
    assert _current(response.content.decode()) == "4"


def test_the_counts_follow_the_must_haves(client: Client) -> None:
    none = client.get("/en/matching/?step=4&sector=machinery").context["now"]
    south = client.get("/en/matching/?step=4&sector=machinery&macro=south").context["now"]
    assert none.province.places == south.province.places == 34
    assert south.province.excluded > none.province.excluded
    assert south.park.left < none.park.left


def test_a_page_needs_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/ja/matching/?step=4&{WHOLE}")
    with django_assert_max_num_queries(4):
        client.get(f"/ja/matching/?step=4&{WHOLE}")


def test_none_left_names_what_to_take_out_in_order(client: Client) -> None:
    response = client.get(f"/en/matching/?step=4&{NOTHING}")
    assert response.context["now"].province.left == 0
    relaxed = response.context["relaxed"]
    assert [one.label for one in relaxed] == ["part of the country", "distance to the airport"]
    freed = [one.places.province.left for one in relaxed]
    assert freed == sorted(freed, reverse=True)
    for one in relaxed:
        assert one.address in response.content.decode().replace("&amp;", "&")
        again = client.get(one.address)
        assert again.context["now"] == one.places
        assert again.context["step"].number == 4


def test_results_with_no_place_left_name_what_to_take_out(client: Client) -> None:
    response = client.get(f"/en/matching/results/?{NOTHING}")
    assert response.status_code == 200
    assert response.context["cards"] == ()
    html = response.content.decode()
    for one in response.context["relaxed"]:
        assert one.address in html.replace("&amp;", "&")
        answer = client.get(one.address).context["answer"]
        assert answer.ranked == one.places.province.left > 0
        assert "step" not in one.address


def _live(client: Client, query: str) -> tuple[str, str]:
    response = client.get(f"/en/matching/?{query}", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "HX-Request" in response["Vary"]
    return response.content.decode(), response.headers.get("HX-Replace-Url", "")


def test_a_script_gets_the_counts_alone_and_the_address(client: Client) -> None:
    html, address = _live(client, "step=4&sector=machinery&workers=&must=clinic&macro=south")
    assert address == "/en/matching/?step=4&sector=machinery&must=clinic&macro=south"
    assert "<html" not in html
    assert 'hx-swap-oob="innerHTML:#left-clinic"' in html
    shown = client.get(address)
    count = shown.context["now"].province
    assert f'<span class="left-number">{count.left}</span>' in html
    assert f"on record {count.met}<" in html


def test_a_script_with_a_wrong_value_is_told_that_it_is_left_out(client: Client) -> None:
    html, address = _live(client, "step=2&sector=machinery&floor_area_m2=large")
    assert "left out of the count" in html
    assert address == ""


def test_numbers_in_a_language_count_at_once(client: Client) -> None:
    response = client.get(
        "/vi/matching/?step=2&sector=machinery&floor_area_m2=1.500,5", headers={"HX-Request": "1"}
    )
    assert urlsplit(response["HX-Replace-Url"]).query.endswith("floor_area_m2=1500.5")


def _offered(client: Client, word: str) -> list[str]:
    html = _page(client, f"what={quote(word)}", language="ja")
    return re.findall(r'type="radio" name="sector" value="([\w-]+)"', html.split("<details")[0])


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("せっさく", "fabricated-metal"),
        ("ﾌﾟﾚｽ", "fabricated-metal"),
        ("ほうせい", "textiles-apparel"),
        ("ｿﾌﾄｳｪｱ", "it-dx"),
        ("2446", "fabricated-metal"),
        ("２４", "fabricated-metal"),
        ("E24", "fabricated-metal"),
        ("JSIC 24", "fabricated-metal"),
        ("9", "food-processing"),
        ("2743", "medical-devices"),
        ("281", "semiconductors"),
        ("285", "electronics"),
    ],
)
def test_words_codes_and_kana_find_the_sector(client: Client, word: str, first: str) -> None:
    assert _offered(client, word)[0] == first


def test_a_word_that_is_not_known_gives_the_nearest(client: Client) -> None:
    html = _page(client, f"what={quote('熱処里')}")
    assert "spelled most like it" in html
    assert _offered(client, "熱処里")[0] == "fabricated-metal"


def test_the_sector_in_the_address_is_the_one_that_is_ticked(client: Client) -> None:
    html = _page(client, f"what={quote('縫製')}&sector=machinery")
    assert ("sector", "machinery") in _sent(html)
    assert re.findall(r'name="sector" value="([\w-]+)" checked', html) == ["machinery"]
    values = re.findall(r'name="sector" value="([\w-]+)"', html)
    assert sorted(values) == sorted(Sector.objects.values_list("key", flat=True))


def test_a_word_without_a_choice_keeps_the_first_step(client: Client) -> None:
    response = client.get(f"/ja/matching/?step=2&what={quote('めっき')}&power_kva=300")
    assert response.status_code == 302
    assert response["Location"] == f"/ja/matching/?step=1&what={quote('めっき')}&power_kva=300"
    response = client.get("/ja/matching/?step=2&what=qqqqqq")
    assert response["Location"] == "/ja/matching/?step=2"
