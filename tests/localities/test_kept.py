"""The page of a province is made once a catalogue version."""

import pytest
import time_machine
from django.test import Client

from localities.models import Catalogue, IndustrialPark

pytestmark = pytest.mark.django_db

PATH = "/en/provinces/dong-nai/"


def _says(client: Client, text: str) -> bool:
    return text in client.get(PATH).content.decode()


def test_what_was_read_of_a_province_stays_until_the_next_version(client: Client) -> None:
    assert not _says(client, "Another name")
    IndustrialPark.objects.filter(key="long-duc").update(name_en="Another name")
    assert not _says(client, "Another name")
    Catalogue.objects.update(version=2)
    assert _says(client, "Another name")


def test_what_grows_stale_is_looked_at_anew_each_day(client: Client) -> None:
    with time_machine.travel("2026-11-21"):
        fresh = client.get(PATH).content.decode().count("tag-care")
    with time_machine.travel("2036-11-21"):
        assert client.get(PATH).content.decode().count("tag-care") > fresh
