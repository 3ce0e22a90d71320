"""A match to take along: what stands on the printed report, and the same as sheets."""

from matching.reports.contents import Report, report_of
from matching.reports.workbook import sheets_of

__all__ = ["Report", "report_of", "sheets_of"]
