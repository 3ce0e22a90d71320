"""The shapes of match jobs, for the schema and its readers."""

import json
from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from matching.api.serializers import CoverageShape
from matching.api.uploads import CSV, NDJSON
from matching.batch.judging import RowSerializer
from matching.batch.keeping import OptionsSerializer
from matching.questions import LEVELS
from portal.api.problems import QueryError
from portal.api.serializers import shown_by

_Shape = serializers.Serializer[Any]


class MatchJobRequestSerializer(OptionsSerializer):
    """Profiles as a list, and what they ask alike. The list alone is taken as well."""

    profiles = RowSerializer(many=True, allow_empty=False)


@shown_by(
    A_job={
        "id": "3a0ad12a-ec9a-4ae7-b22e-fdfbfa5ea272",
        "url": "https://portal.example/api/v1/match-jobs/3a0ad12a-ec9a-4ae7-b22e-fdfbfa5ea272/",
        "state": "running",
        "level": "province",
        "limit": 3,
        "catalogue_version": 7,
        "engine_version": "1.0",
        "rows_total": 20000,
        "rows_done": 8192,
        "rows_failed": 3,
        "created_at": "2026-11-20T10:15:00+09:00",
        "finished_at": None,
        "expires_at": "2026-11-27T10:15:00+09:00",
        "results_url": None,
    }
)
class MatchJobSerializer(_Shape):
    """A match job, and how far it is."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    state = serializers.ChoiceField(["queued", "running", "done", "failed"])
    level = serializers.ChoiceField(LEVELS)
    limit = serializers.IntegerField(help_text="Places of each row.")
    catalogue_version = serializers.IntegerField(help_text="The same for all rows.")
    engine_version = serializers.CharField()
    rows_total = serializers.IntegerField()
    rows_done = serializers.IntegerField(help_text="Good ones and failed ones.")
    rows_failed = serializers.IntegerField(help_text="So far; the results say why.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        help_text="When all of it is deleted: seven days after its end."
    )
    results_url = serializers.CharField(allow_null=True, help_text="Null until it is done.")


class RowErrorShape(_Shape):
    """What is wrong with a row."""

    pointer = serializers.CharField(help_text="In the row: #/profile/sector; of CSV #/sector.")
    detail = serializers.CharField()
    code = serializers.CharField()


class FoundPlaceShape(_Shape):
    """Which place: its address in the catalogue ends in the slug."""

    kind = serializers.ChoiceField(["province", "industrial-park"])
    slug = serializers.CharField()


class FoundParkShape(_Shape):
    """The park that stands for a province."""

    slug = serializers.CharField()
    fit = serializers.FloatField()


class FoundResultShape(_Shape):
    """A place as POST matches/ has it, without words; numbers of four decimals."""

    rank = serializers.IntegerField()
    place = FoundPlaceShape()
    fit = serializers.FloatField()
    band = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    coverage = CoverageShape()
    to_be_confirmed = serializers.BooleanField()
    best_park = FoundParkShape(allow_null=True)


class FoundSerializer(_Shape):
    """One line of the results."""

    row = serializers.IntegerField(
        help_text="A line of the file (CSV: 1 is the header), or of the list."
    )
    id = serializers.CharField(allow_null=True)
    errors = RowErrorShape(many=True)  # type: ignore[assignment]  # a key of the contract
    results = FoundResultShape(many=True, allow_null=True, help_text="Null beside errors.")


class LinesSerializer(_Shape):
    """The results as NDJSON: text whose lines are objects."""


class LinesSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """What the schema says of lines."""

    target_class = LinesSerializer

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """A text, and what each of its lines is."""
        line = auto_schema.resolve_serializer(FoundSerializer, direction).ref
        return {
            "type": "string",
            "description": "One object a line, for each row sent.",
            "contentMediaType": NDJSON,
            "contentSchema": line,
        }


def read_options(given: Mapping[str, str]) -> dict[str, Any]:
    """The options in an address. Raises QueryError."""
    values: dict[str, Any] = dict(given)
    limit = values.get("limit", "")
    if limit.isascii() and limit.isdigit() and len(limit) < 10:
        values["limit"] = int(limit)
    options = OptionsSerializer(data=values)
    try:
        options.is_valid(raise_exception=True)
    except ValidationError as error:
        raise QueryError(error.detail) from error
    return values


_LIST = {
    "profiles": [
        {"id": "A-1", "profile": {"sector": "fabricated-metal", "employees": 80}},
        {
            "id": "A-2",
            "profile": {"sector": "machinery", "stage": "prepare"},
            "must_haves": ["rental_factory", {"macro": ["south"]}],
            "weights": {"hard": 4, "cost": 2},
        },
    ],
    "level": "province",
    "limit": 3,
}
_CSV = (
    "id,sector,employees,must_haves\r\n"
    "A-1,fabricated-metal,80,\r\n"
    "A-2,machinery,,rental_factory\r\n"
)
_NDJSON = (
    '{"id": "A-1", "profile": {"sector": "fabricated-metal", "employees": 80}}\n'
    '{"id": "A-2", "profile": {"sector": "machinery"}, "must_haves": ["rental_factory"]}\n'
)
REQUESTS = [
    OpenApiExample("A list", _LIST, request_only=True, media_type="application/json"),
    OpenApiExample("A CSV file", _CSV, request_only=True, media_type=CSV),
    OpenApiExample("A form", {"file": _CSV}, request_only=True, media_type="multipart/form-data"),
    OpenApiExample("NDJSON", _NDJSON, request_only=True, media_type=NDJSON),
]
_GOOD = {
    "row": 1,
    "id": "A-1",
    "errors": [],
    "results": [
        {
            "rank": 1,
            "place": {"kind": "province", "slug": "dong-nai"},
            "fit": 71.9,
            "band": [71.9, 86.1],
            "coverage": {"province": 0.94, "site": 0.61},
            "to_be_confirmed": False,
            "best_park": {"slug": "long-duc", "fit": 71.9},
        }
    ],
}
_LINES = json.dumps(_GOOD) + "\n"
RESULTS = [OpenApiExample("A row", _LINES, response_only=True, media_type=NDJSON)]
