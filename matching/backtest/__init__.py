"""Published decisions of Japanese firms, run through the engine: is it matching, or habit?

`cases` reads what firms said of themselves and where they went, `scoring` turns rankings into
hits, `baselines` ranks without looking at the firm, `report` puts them side by side.
"""

from matching.backtest.cases import BrokenCases, Case, CaseSource, read_cases
from matching.backtest.report import (
    CaseResult,
    Gap,
    Line,
    Report,
    Table,
    cached_report,
    run,
)

__all__ = [
    "BrokenCases",
    "Case",
    "CaseResult",
    "CaseSource",
    "Gap",
    "Line",
    "Report",
    "Table",
    "cached_report",
    "read_cases",
    "run",
]
