"""Prints, for each criterion, how many provinces and parks have the fact that it reads."""

from typing import Any

from django.core.management.base import BaseCommand

from matching import snapshot
from matching.coverage import coverage


class Command(BaseCommand):
    help = "Prints of how many provinces and industrial parks each criterion knows the fact."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a criterion."""
        known = snapshot.current()
        provinces, parks = known.facts.provinces, known.facts.parks
        self.stdout.write(f"{'criterion':28} {'provinces':>10} {'parks':>10}  reads")
        for line in coverage(known):
            self.stdout.write(
                f"{line.criterion.code:28} {line.provinces:>6}/{provinces} "
                f"{line.parks:>6}/{parks}  {', '.join(line.criterion.reads)}"
            )
