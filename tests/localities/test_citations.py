"""Which citation backs a field, and when none certainly does."""

import pytest

from localities.models import Citation
from localities.queries.citations import backing


def _citations(*fields: list[str]) -> list[Citation]:
    return [Citation(key=str(at), fields=named) for at, named in enumerate(fields)]


@pytest.mark.parametrize(
    ("fields", "backed_by"),
    [
        ([["lat"], ["occupancy_pct"], ["occupancy_pct"]], "1"),  # the first that names it
        ([[], ["occupancy_pct"]], "1"),  # sooner than one for the whole record
        ([["lat"], []], "1"),  # the only one for the whole record
        ([["lat"]], "0"),  # the only one there is
        ([[], ["lat"], []], None),  # two could be it
        ([["lat"], ["status"]], None),  # both speak of something else
        ([], None),
    ],
)
def test_backing_is_given_where_it_is_certain(
    fields: list[list[str]], backed_by: str | None
) -> None:
    found = backing(_citations(*fields), "occupancy_pct")
    assert (found.key if found else None) == backed_by
