"""What is wrong with a form, summed up."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from localities.forms.sources import Errors


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, and the control that it belongs to."""

    control: str
    label: str
    text: str


def summary(errors: Errors, labels: Mapping[str, str]) -> list[Fault]:
    """What is wrong, in the order of the page, each with its field."""
    ranks = {name: rank for rank, name in enumerate(["", *labels])}
    others = {
        "source": gettext("Source"),
        "source_title": gettext("Title"),
        "source_publisher": gettext("Publisher"),
        "source_url": gettext("Web address"),
        "source_published": gettext("Published"),
        "note": gettext("Page or note"),
        "as_of": gettext("As of"),
        "organisation": gettext("Organisation"),
        "comment": gettext("Comment"),
        "reason": gettext("Reason"),
    }
    return [
        Fault(control, labels.get(control) or others.get(control, ""), text)
        for control in sorted(errors, key=lambda name: ranks.get(name, len(ranks)))
        for text in errors[control]
    ]
