"""What Schemathesis is told beside the schema: NDJSON, and refusals that no schema foresees."""

import re
from typing import Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.transport.requests import REQUESTS_TRANSPORT

NDJSON = "application/x-ndjson"

FILES = frozenset({NDJSON, "text/csv", "multipart/form-data"})  # to a schema any text
# A request that follows the schema is refused with one of these where it does not fit the state:
# gone, changed since, a key that another request has used, edits that the catalogue's rules refuse.
OF_THE_STATE = frozenset({410, 412, 422})

# With 400 it is refused for what a schema does not say. Pointer, code, and why:
NO_SCHEMA_SAYS = [
    (r"#/(.*/)?profile/(sector|(other_sectors|customer_provinces|existing_ties)/\d+)",
     "invalid_choice", "it names a record of the catalogue, which grows"),
    (r"#/(.*/)?must_haves/\d+(/(province|macro)/\d+)?", "invalid_choice|needs|repeated",
     "it needs a number of the profile; a list of places stands once"),
    (r"#/(.*/)?weights", "all_zero", "one weight is above 0"),
    (r"#/question/.*", "not_kept", "no page can ask it"),
    (r"#/url", "invalid", "its host is a name or an address on the open internet"),
    (r"\?(park|organisation)", "invalid_choice", "it names a record"),
    (r"\?since", "too_large", "a version is still to come"),
    (r"#", "required", "a draft that is proposed holds an edit"),
    (r"\?(level|limit)", "invalid", "beside a file alone"),
    (r"[#?].*", "too_many", "no body has more than 10,000 members and items in all"),
    (r"[#?].*", "nul|surrogate|number|blank|more", "no text of spaces, NUL, half pairs; 64 bits"),
]  # fmt: skip


# What a filter by a record names: a made-up name is refused, and a list then leads nowhere.
RECORDS = {
    "province": ["dong-nai"],
    "region": ["southeast"],
    "sector": ["machinery"],
    "priority_sector": ["machinery"],
    "parent": ["manufacturing"],
    "indicator": ["exports_usd_mn"],
    "organisation": ["aots"],
}


@schemathesis.hook
def before_call(ctx: Any, case: Case, kwargs: dict[str, Any]) -> None:
    """Has well-formed lists lead somewhere: names of records, and no cursor made up.

    In a chain of steps lists are asked whole: single requests try the filters.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.meta.phase.name is TestPhase.STATEFUL and case.method == "GET":
        case.query = {}
    case.query.pop("cursor", None)
    for name in case.query.keys() & RECORDS.keys():
        case.query[name] = RECORDS[name]


@REQUESTS_TRANSPORT.serializer(NDJSON)
def lines_of_text(ctx: Any, value: Any) -> dict[str, Any]:
    """What was made up for NDJSON, as bytes."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@schemathesis.deserializer(NDJSON)
def text(ctx: Any, response: Response) -> str:
    """Results and dumps are texts to the schema; what their lines hold, other tests read."""
    return response.text


@schemathesis.hook
def filter_failure(ctx: Any, failure: Failure, case: Case, response: Response) -> bool:
    """Drops a refusal that no schema foresees, and what came of a filter that was left empty."""
    if isinstance(failure, AcceptedNegativeData):  # an empty filter is no filter, as in a form
        return "" not in (case.query or {}).values() and not _is_bare_list(case)
    return not (isinstance(failure, RejectedPositiveData) and _is_foreseen(case, response))


def _is_bare_list(case: Case) -> bool:
    """Whether it sends profiles as a list alone, which generators of clients cannot tell."""
    return case.path == "/api/v1/match-jobs/" and isinstance(case.body, list)


def _is_foreseen(case: Case, response: Response) -> bool:
    if response.status_code in OF_THE_STATE or case.media_type in FILES:
        return True
    faults = response.json()["errors"]
    return bool(faults) and all(
        any(
            re.fullmatch(pointer, fault["pointer"]) and re.fullmatch(code, fault["code"])
            for pointer, code, _why in NO_SCHEMA_SAYS
        )
        for fault in faults
    )
