"""The schema of the API: one document, committed, of which clients can be made."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

SCHEMA = Path("docs/openapi.json")


def committed() -> Any:
    """The schema as it is committed."""
    return json.loads(SCHEMA.read_text())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_the_schema_served_is_the_one_committed(language: str) -> None:
    answer = Client().get("/api/v1/schema/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert json.loads(answer.content) == committed(), "run 'make schema'"


def test_every_reference_leads_somewhere() -> None:
    text = SCHEMA.read_text()
    named = {part.split('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert named - set(committed()["components"]["schemas"]) == set()
