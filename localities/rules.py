"""Who may do what, one predicate a rule, for pages, API, curation and admin alike.

A predicate takes the `Standing` of a person or an API client, and the thing; it reads, and changes
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from localities.models import (
    KINDS,
    Changeset,
    Citation,
    Edit,
    Province,
    Source,
    Step,
    Stewardship,
)
from portal.accounts.models import ApiClient, Organisation, User
from portal.accounts.roles import Role, Roles, is_officer, is_operator

State = Changeset.State


class Scope(NamedTuple):
    """A place and a kind of record. Of what is in a park, the province stands beside the park.

    Of a stewardship None is any, and a park stands alone, wherever it is.
    """

    province: str | None
    kind: str | None
    park: str | None = None


# Kinds of records that nobody curates apart.
COMPANIONS = (Source.kind, Citation.kind)
# Edits that only stand beside others: whoever decides on those decides on them. A source that is
# in the catalogue backs values of everybody; one that was taken out backs none.
_COMES = (Edit.Action.CREATE, Edit.Action.REACTIVATE)
_COMPANION = Q(record_kind=Source.kind, action__in=_COMES) | Q(
    record_kind=Citation.kind, beside=None
)
# The kind that an edit is about: of a discrepancy or a citation, that of the record it speaks of.
_ABOUT = Coalesce("beside", "record_kind")
# Where an edit belongs: one that moves its record belongs to two provinces.
_WHERE = ("province_id", "other_province_id", _ABOUT, "park_id")
# Kinds whose records people edit: citations follow from the sources of their edits.
EDITED = tuple(kind for kind in KINDS if kind != Citation.kind)


@dataclass(frozen=True)
class Standing(Roles):
    """The roles of a person or an API client, beside who curates what."""

    client: ApiClient | None = None

    @cached_property
    def roles(self) -> dict[str, Role]:
        """As of `Roles`; an API client is an editor of its organisation, and nothing else."""
        if self.client is None:
            return super().roles
        usable = self.client.is_usable()
        return {self.client.organisation_id: Role.EDITOR} if usable else {}

    @cached_property
    def clients_with_own_secret(self) -> frozenset[int]:
        """The API clients that the person ever made a secret of, and so could speak for."""
        return frozenset(pk for is_client, pk in self._had_a_hand_in if is_client)

    @cached_property
    def written_before(self) -> frozenset[int]:
        """The changesets that the person wrote until somebody else took them over."""
        return frozenset(pk for is_client, pk in self._had_a_hand_in if not is_client)

    @cached_property
    def _had_a_hand_in(self) -> list[tuple[bool, int]]:
        """Whether it is an API client, else a changeset, and its id: both in one query."""
        if self.user is None:
            return []
        clients = ApiClient.objects.filter(secret_makers=self.user).order_by()
        wrote = Changeset.objects.filter(former_authors=self.user).order_by()
        of_both = wrote.values_list(Value(False), "pk")
        return list(clients.values_list(Value(True), "pk").union(of_both, all=True))

    @cached_property
    def _named(self) -> list[tuple[bool, str, str | None, str | None, str | None]]:
        """Whether it is the operator, the organisation, its scope: both in one query."""
        stewards = Stewardship.objects.filter(is_active=True, organisation__is_active=True)
        operator = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR, is_active=True)
        nowhere = Value(None, output_field=CharField())
        rows = stewards.order_by().annotate(
            a=Value(False), b=F("organisation"), c=F("province"), d=F("record_kind"), e=F("park")
        )
        itself = operator.order_by().annotate(
            a=Value(True), b=F("key"), c=nowhere, d=nowhere, e=nowhere
        )
        names = ("a", "b", "c", "d", "e")
        return list(rows.values_list(*names).union(itself.values_list(*names), all=True))

    @cached_property
    def stewards(self) -> dict[Scope, str]:
        """The organisation that curates each scope."""
        return {Scope(*scope): key for is_it, key, *scope in self._named if not is_it}

    @cached_property
    def operator(self) -> str | None:
        """The key of the portal's operator."""
        return next((key for is_it, key, *_scope in self._named if is_it), None)

    def stewards_of(self, scope: Scope) -> tuple[str | None, ...]:
        """Who curates records of `scope`, each of them: the park's steward, if it has one, and last
        its province's; the operator where nobody is named for that.

        Who curates what is the operator's own matter, whoever else curates all the rest.
        """
        province, kind, park = scope
        if kind == Stewardship.kind:
            return (self.operator,)
        whole = ((province, kind), (province, None), (None, kind), (None, None))
        wider = self._first(Scope(*each) for each in whole) or self.operator
        own = self._first((Scope(None, kind, park), Scope(None, None, park))) if park else None
        return (own, wider) if own else (wider,)

    def _first(self, scopes: Iterable[Scope]) -> str | None:
        return next((self.stewards[scope] for scope in scopes if scope in self.stewards), None)

    def curates_in(self, scope: Scope) -> bool:
        """Whether one of the person's organisations curates records of `scope`."""
        return any(key in self.roles for key in self.stewards_of(scope))

    @cached_property
    def curates(self) -> frozenset[Scope]:
        """The scopes that the person's organisations are named for."""
        return frozenset(scope for scope, key in self.stewards.items() if key in self.roles)


def standing(actor: User | ApiClient | AnonymousUser | None) -> Standing:
    """The standing of `actor`; nobody has none."""
    if isinstance(actor, ApiClient):
        return Standing(None, actor)
    return Standing(actor if isinstance(actor, User) else None)


def scopes_of(changeset: Changeset) -> frozenset[Scope]:
    """What `changeset` is about. New sources and citations follow what they back."""
    return scopes_of_each([changeset]).get(changeset.pk, frozenset())


def scopes_of_each(changesets: Collection[Changeset]) -> dict[int, frozenset[Scope]]:
    """`scopes_of` each of `changesets`, by its id: one query."""
    own: defaultdict[int, set[Scope]] = defaultdict(set)
    beside: defaultdict[int, set[Scope]] = defaultdict(set)
    edits = Edit.objects.filter(changeset__in=[changeset.pk for changeset in changesets])
    rows = edits.order_by().annotate(companion=_COMPANION)
    for pk, companion, *where in rows.values_list("changeset_id", "companion", *_WHERE).distinct():
        (beside if companion else own)[pk].update(_scopes(*where))
    return {pk: frozenset(scopes) for pk, scopes in (beside | own).items()}


def _scopes(province: str | None, other: str | None, kind: str, park: str | None) -> list[Scope]:
    return [Scope(province, kind, park), *([Scope(other, kind)] if other else [])]


def may_draft(who: Standing, organisation: str) -> bool:
    """Any editor may propose, for an organisation of their own."""
    return organisation in who.at_least(Role.EDITOR)


def may_see(who: Standing, changeset: Changeset, scopes: Collection[Scope] | None = None) -> bool:
    """Officers see what is applied, their own organisation's, and what waits or waited for them.

    An API client sees its organisation's alone. `scopes`: those of the changeset, where they are
    known already.
    """
    if who.client is not None:
        return changeset.organisation_id in who.roles
    if not is_officer(who):
        return False
    if changeset.state == State.APPLIED or changeset.organisation_id in who.roles:
        return True
    if not _is_told(changeset):
        return False
    return is_operator(who) or any(
        who.curates_in(scope) for scope in (scopes_of(changeset) if scopes is None else scopes)
    )


def visible_to(who: Standing) -> Q:
    """`may_see` as a filter of changesets."""
    if who.client is not None:
        return Q(organisation__in=list(who.roles))
    if not is_officer(who):
        return Q(pk__in=[])
    seen = Q(state=State.APPLIED) | Q(organisation__in=list(who.roles))
    if is_operator(who):
        return seen | _told()
    curated = _curated(who, "province") | _curated(who, "park")
    curated |= Q(other_province__isnull=False) & _curated(who, "other_province")
    all_edits = Edit.objects.filter(changeset=OuterRef("pk")).annotate(about=_ABOUT)
    edits = all_edits.filter(curated).exclude(about=Stewardship.kind)
    own = all_edits.exclude(_COMPANION)
    here = Exists(edits.exclude(_COMPANION)) | (Exists(edits) & ~Exists(own))
    return seen | Q(_told(), here)


# A draft is its organisation's alone. So is what was sent back or withdrawn, as far as it says what
# it did not say when it waited for review: it is told while its revision is one that waited.
_TOLD = (State.PROPOSED, State.REJECTED)
_TOLD_AS_IT_WAITED = (State.RETURNED, State.WITHDRAWN)
_WAITED = (Step.Kind.PROPOSED, Step.Kind.RETURNED)


def _is_told(changeset: Changeset) -> bool:
    if changeset.state not in _TOLD_AS_IT_WAITED:
        return changeset.state in _TOLD
    waited = changeset.steps.filter(kind__in=_WAITED, revision=changeset.revision)
    return waited.exists()


def _told() -> Q:
    """`_is_told` as a filter of changesets that are not applied."""
    waited = Step.objects.filter(
        kind__in=_WAITED, changeset=OuterRef("pk"), revision=OuterRef("revision")
    )
    return Q(state__in=_TOLD) | Q(Exists(waited), state__in=_TOLD_AS_IT_WAITED)


def told_to(who: Standing) -> Q:
    """Which steps with changesets that one may see one is told: others since it first waited."""
    waited = Step.objects.filter(changeset=OuterRef("changeset"), kind=Step.Kind.PROPOSED)
    first = waited.order_by("pk").values("pk")[:1]
    return Q(changeset__organisation__in=list(who.roles)) | Q(pk__gte=Subquery(first))


def _curated(who: Standing, column: str) -> Q:
    """The edits that the person's organisations are asked about, for the place in `column`."""
    rivals = [scope for scope in who.stewards if bool(scope.park) == (column == "park")]
    curated = Q(pk__in=[])
    for scope in who.curates.intersection(rivals):
        narrower = Q(pk__in=[])
        for other in rivals:
            if other not in who.curates and _goes_before(other, scope):
                narrower |= _within(other, column)
        curated |= _within(scope, column) & ~narrower
    return curated


def _within(scope: Scope, column: str) -> Q:
    """The edits of a scope."""
    place = scope.park or scope.province
    return Q(
        **({column: place} if place else {}),
        **({"about": scope.kind} if scope.kind else {}),
        pk__isnull=False,
    )


def _goes_before(one: Scope, other: Scope) -> bool:
    """Whether the steward of `one` is asked before that of `other`, see `stewards_of`."""
    return _narrowness(one) > _narrowness(other)


def _narrowness(scope: Scope) -> tuple[bool, bool]:
    return bool(scope.park or scope.province), bool(scope.kind)


# Of a step the rule of the person comes first, then that of the state: who may never take it is
# not told how far the changeset is.


def writes(who: Standing, changeset: Changeset) -> bool:
    """The author, who is still an editor, or the API client that made it."""
    return _is_author(who, changeset) and changeset.organisation_id in who.at_least(Role.EDITOR)


def is_own(who: Standing, changeset: Changeset) -> bool:
    """Whether they wrote it, and have not left its organisation since."""
    return _is_author(who, changeset) and changeset.organisation_id in who.roles


def own_of(who: Standing) -> Q:
    """`is_own` as a filter of a person's changesets or files."""
    return Q(author=who.user, organisation__in=list(who.roles))


def is_open(changeset: Changeset) -> bool:
    """Whether its edits can change: it is a draft, or sent back."""
    return changeset.state in (State.DRAFT, State.RETURNED)


def is_undecided(changeset: Changeset) -> bool:
    """Whether it is open, or waits for review."""
    return is_open(changeset) or changeset.state == State.PROPOSED


def may_edit(who: Standing, changeset: Changeset) -> bool:
    """Who writes it, while it is open."""
    return is_open(changeset) and writes(who, changeset)


def may_settle(who: Standing, changeset: Changeset) -> bool:
    """Who writes it may settle conflicts of what waits for review, too."""
    return is_undecided(changeset) and writes(who, changeset)


def stands_in(who: Standing, changeset: Changeset) -> bool:
    """Another editor of the author's organisation. What an API client wrote stays with it."""
    editor = who.client is None and changeset.organisation_id in who.at_least(Role.EDITOR)
    return editor and changeset.author_id is not None and not _is_author(who, changeset)


def may_take_over(who: Standing, changeset: Changeset) -> bool:
    """Who stands in for the author, once it was sent back."""
    return changeset.state == State.RETURNED and stands_in(who, changeset)


def ends(who: Standing, changeset: Changeset) -> bool:
    """The author, while in the organisation, or an administrator of it."""
    return is_own(who, changeset) or changeset.organisation_id in who.at_least(Role.ADMINISTRATOR)


def may_withdraw(who: Standing, changeset: Changeset) -> bool:
    """Who may end it, while it is undecided."""
    return is_undecided(changeset) and ends(who, changeset)


def deciding_organisation(
    who: Standing, changeset: Changeset, scopes: Collection[Scope] | None = None
) -> str | None:
    """For whom the person may decide on `changeset` now; None: not at all. See `judges_for`."""
    if changeset.state != State.PROPOSED:
        return None
    return judges_for(who, changeset, scopes)


def judges_for(
    who: Standing, changeset: Changeset, scopes: Collection[Scope] | None = None
) -> str | None:
    """For whom the person decides on `changeset` once it is proposed: a steward of all it is about.

    On what is about a park alone, its own steward and the province's decide, whoever comes first.
    None: not at all. Nobody decides on what they wrote, themselves or by an API client, whatever
    their role and whoever took it over. `scopes`: those of the changeset, where they are known
    already.
    """
    if has_written(who, changeset) or speaks_for_client(who, changeset):
        return None
    scopes = scopes_of(changeset) if scopes is None else scopes
    stewards = [who.stewards_of(scope) for scope in scopes]
    reviewing = who.at_least(Role.REVIEWER)
    own = [reviewing.intersection(each) for each in stewards]
    if own and all(own):
        return min(frozenset.intersection(*own) or frozenset.union(*own))
    # What concerns several stewards, and no one person of them all, is the operator's.
    several = len({each[-1] for each in stewards}) > 1
    return who.operator if several and who.operator in reviewing else None


def has_written(who: Standing, changeset: Changeset) -> bool:
    """Who writes it, or did until somebody took it over."""
    return _is_author(who, changeset) or changeset.pk in who.written_before


def speaks_for_client(who: Standing, changeset: Changeset) -> bool:
    """Whether an API client wrote it that the person made a secret of, valid still or not."""
    return changeset.client_id is not None and changeset.client_id in who.clients_with_own_secret


def may_comment(who: Standing, changeset: Changeset) -> bool:
    """Whoever sees it."""
    return may_see(who, changeset)


def may_revert(who: Standing, changeset: Changeset) -> bool:
    """Any editor may propose to take back what was applied, but for the initial load."""
    editor = who.client is None and bool(who.at_least(Role.EDITOR))
    return can_be_reverted(changeset) and editor


def can_be_reverted(changeset: Changeset) -> bool:
    """Whether it was applied, and is not the initial load."""
    return changeset.state == State.APPLIED and (changeset.version or 0) > 1


def may_look_for_companies(who: Standing, province: str) -> bool:
    """Whoever curates the province sees which companies that may be found fit it."""
    return who.curates_in(Scope(province, Province.kind))


def _is_author(who: Standing, changeset: Changeset) -> bool:
    if who.client is not None:
        return changeset.client_id == who.client.pk
    return who.user is not None and changeset.author_id == who.user.pk
