"""The places that a visitor keeps, without an account: a short list that travels as signed text.

The list lives in a cookie of the visitor's own, or, to be shown to others, in an address. Every
change makes a new list, or refuses in words and leaves the old one as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.core import signing
from django.utils.translation import gettext_lazy as _

from matching.choices import Labels

MOST = 20
LONGEST_NOTE = 200
LONGEST_WHY = 100
LONGEST_SLUG = 100
LARGEST_TEXT = 3_600  # of the signed text: a browser keeps 4,096 bytes of a cookie, name and all
_SALT = "matching.shortlist"

REASONS: Labels = {
    "cost": _("Too expensive"),
    "site": _("No fitting site or unit"),
    "people": _("People are hard to find"),
    "distance": _("Too far from customers, port or airport"),
    "must": _("A must-have is not met"),
    "unanswered": _("No answer from the park or the province"),
    "other": _("Another reason"),
}


class Refused(Exception):
    """The list cannot take the change; `code` says why."""

    def __init__(self, code: Literal["full", "large", "reason", "long"], slug: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.slug = slug


class Tampered(Exception):
    """The text is not one that this portal signed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A place on the list; with a `reason` it was dropped."""

    slug: str
    note: str = ""
    reason: str = ""
    why: str = ""  # the reason in the visitor's own words

    @property
    def dropped(self) -> bool:
        """Whether it stands apart, as dropped."""
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The places kept, in the visitor's order."""

    entries: tuple[Kept, ...] = ()

    @property
    def kept(self) -> tuple[Kept, ...]:
        """Those still in the running."""
        return tuple(one for one in self.entries if not one.dropped)

    @property
    def dropped(self) -> tuple[Kept, ...]:
        """Those dropped, with their reasons."""
        return tuple(one for one in self.entries if one.dropped)

    def __contains__(self, slug: object) -> bool:
        return any(one.slug == slug for one in self.entries)

    def keep(self, slug: str) -> "Shortlist":
        """The list with the place at its end; one that was dropped is taken back.

        Raises Refused where the list is full.
        """
        if slug in self:
            return self.take_back(slug)
        return self._checked((*self.entries, Kept(slug)))

    def take_over(self, others: Iterable[Kept]) -> "Shortlist":
        """The list with those of `others` that it has not. Raises Refused, taking none of them."""
        new = tuple(one for one in others if one.slug not in self)
        return self._checked((*self.entries, *new))

    def remove(self, slug: str) -> "Shortlist":
        """The list without the place, its note and its reason."""
        return Shortlist(tuple(one for one in self.entries if one.slug != slug))

    def drop(self, slug: str, reason: str, why: str = "") -> "Shortlist":
        """The list with the place dropped for one of REASONS; raises Refused without one."""
        if reason not in REASONS:
            raise Refused("reason", slug)
        return self._with(slug, reason=reason, why=_tidy(why, LONGEST_WHY, slug))

    def take_back(self, slug: str) -> "Shortlist":
        """The list with the place in the running again."""
        return self._with(slug, reason="", why="")

    def noted(self, notes: Mapping[str, str]) -> "Shortlist":
        """The list with the notes by slug; raises Refused where one is too long."""
        tidy = {slug: _tidy(note, LONGEST_NOTE, slug) for slug, note in notes.items()}
        return self._checked(
            tuple(replace(one, note=tidy.get(one.slug, one.note)) for one in self.entries)
        )

    def moved(self, slug: str, step: Literal[-1, 1]) -> "Shortlist":
        """The list with the place one further up (-1) or down (1) among those of its kind."""
        at = [place for place, one in enumerate(self.entries) if not one.dropped]
        position = next((n for n, place in enumerate(at) if self.entries[place].slug == slug), None)
        if position is None or not 0 <= position + step < len(at):
            return self
        here, there = at[position], at[position + step]
        entries = list(self.entries)
        entries[here], entries[there] = entries[there], entries[here]
        return Shortlist(tuple(entries))

    def _with(self, slug: str, *, reason: str, why: str) -> "Shortlist":
        return self._checked(
            tuple(
                replace(one, reason=reason, why=why) if one.slug == slug else one
                for one in self.entries
            )
        )

    def _checked(self, entries: tuple[Kept, ...]) -> "Shortlist":
        if len(entries) > MOST:
            raise Refused("full")
        changed = Shortlist(entries)
        if len(signed(changed)) > LARGEST_TEXT:
            raise Refused("large")
        return changed


def _tidy(text: str, longest: int, slug: str) -> str:
    tidy = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(tidy) > longest:
        raise Refused("long", slug)
    return tidy


def signed(shortlist: Shortlist) -> str:
    """The list as text that only this portal can have written; the same list, the same text."""
    rows = [[one.slug, one.note, one.reason, one.why] for one in shortlist.entries]
    return signing.Signer(salt=_SALT).sign_object(rows, compress=True)


def unsigned(text: str) -> Shortlist:
    """The list that `signed` wrote; raises Tampered."""
    if len(text) > LARGEST_TEXT:
        raise Tampered
    try:
        rows = signing.Signer(salt=_SALT).unsign_object(text)
        return Shortlist(tuple(Kept(*row) for row in rows))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Tampered from error


def shared(slugs: Sequence[str], notes: str) -> tuple[Shortlist, bool]:
    """The list of a shared address, and whether its notes could be read.

    `notes` is a signed list; the places of the address count, so that one whose notes are broken
    still shows its places.
    """
    wanted = list(dict.fromkeys(slug[:LONGEST_SLUG] for slug in slugs if slug))[:MOST]
    known: dict[str, Kept] = {}
    readable = True
    if notes:
        try:
            known = {one.slug: one for one in unsigned(notes).entries}
        except Tampered:
            readable = False
    return Shortlist(tuple(known.get(slug, Kept(slug)) for slug in wanted)), readable
