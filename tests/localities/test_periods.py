"""Periods as sources state them cover the days that they mean."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from localities import periods


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-03-31", "2025-03-31", "2025-03-31"),
        ("2023-Q3", "2023-07-01", "2023-09-30"),
        ("2025-H1", "2025-01-01", "2025-06-30"),
        ("2025-H2", "2025-07-01", "2025-12-31"),
        ("2025-9M", "2025-01-01", "2025-09-30"),
        ("2025-10M", "2025-01-01", "2025-10-31"),
        ("2026-M1-2", "2026-01-01", "2026-02-28"),
        ("2015-2065", "2015-01-01", "2065-12-31"),
        ("2024-07/2025-12", "2024-07-01", "2025-12-31"),
        ("2019-01 to 2069-01", "2019-01-01", "2069-01-31"),
    ],
)
def test_parse_covers(text: str, start: str, end: str) -> None:
    expected = periods.Period(date.fromisoformat(start), date.fromisoformat(end))
    assert periods.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "2025-13",
        "2025-00",
        "2025-02-30",
        "2025-Q5",
        "2025-13M",
        "2025-0M",
        "2026-M2-13",
        "2026-M3-2",
        "2025-2024",
        "spring 2025",
        "2025 ",
        "２０２５",
        "0000",
    ],
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        periods.parse(text)
    with pytest.raises(ValidationError):
        periods.validate(text)


@pytest.mark.parametrize(
    ("text", "en", "ja", "vi"),
    [
        ("May-June 2023", "May–June 2023", "2023年5月～6月", "từ tháng 5 đến tháng 6/2023"),
        ("June 2023", "June 2023", "2023年6月", "tháng 6/2023"),
        ("2025-9M", "January–September 2025", "2025年1月～9月", "từ tháng 1 đến tháng 9/2025"),
        ("2026-M1-2", "January–February 2026", "2026年1月～2月", "từ tháng 1 đến tháng 2/2026"),
        ("2025-1M", "January 2025", "2025年1月", "tháng 1/2025"),
        ("2023-Q3", "Q3 2023", "2023年第3四半期", "quý 3/2023"),
        ("2023-05-18", "2023-05-18", "2023-05-18", "2023-05-18"),
        ("spring 2025", "spring 2025", "spring 2025", "spring 2025"),
        ("Spring 2025", "Spring 2025", "Spring 2025", "Spring 2025"),
    ],
)
def test_written_is_what_the_reader_calls_it(text: str, en: str, ja: str, vi: str) -> None:
    told = []
    for language in ("en", "ja", "vi"):
        with translation.override(language):
            told.append(periods.written(text))
    assert told == [en, ja, vi]
