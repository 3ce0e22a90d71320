"""Who may do what, one predicate a rule, for pages, API, curation and admin alike.

A predicate takes the `Standing` of a person or an API client, and the thing; it reads, and changes
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, F, OuterRef, Q, Value

from localities.models import Changeset, Citation, Edit, Province, Source, Stewardship
from portal.accounts.models import ApiClient, Organisation, User
from portal.accounts.roles import Role, Roles, is_officer, is_operator

State = Changeset.State
Scope = tuple[str | None, str | None]  # a province and a kind of record; None: any

# Kinds that only stand beside others: whoever decides on those decides on them.
COMPANIONS = (Source.kind, Citation.kind)


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
        made = ApiClient.objects.filter(secret_makers=self.user) if self.user else None
        return frozenset() if made is None else frozenset(made.values_list("pk", flat=True))

    @cached_property
    def _named(self) -> list[tuple[bool, str | None, str | None, str]]:
        """Whether it is the operator, the scope, the organisation: both in one query."""
        stewards = Stewardship.objects.filter(is_active=True, organisation__is_active=True)
        operator = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR, is_active=True)
        nowhere = Value(None, output_field=CharField())
        rows = stewards.order_by().annotate(
            a=Value(False), b=F("province"), c=F("record_kind"), d=F("organisation")
        )
        itself = operator.order_by().annotate(a=Value(True), b=nowhere, c=nowhere, d=F("key"))
        names = ("a", "b", "c", "d")
        return list(rows.values_list(*names).union(itself.values_list(*names), all=True))

    @cached_property
    def stewards(self) -> dict[Scope, str]:
        """The organisation that curates each scope."""
        return {(province, kind): key for is_it, province, kind, key in self._named if not is_it}

    @cached_property
    def operator(self) -> str | None:
        """The key of the portal's operator."""
        return next((key for is_it, _province, _kind, key in self._named if is_it), None)

    def steward_of(self, scope: Scope) -> str | None:
        """Who curates records of `scope`; the operator where nobody is named."""
        province, kind = scope
        for narrower in ((province, kind), (province, None), (None, kind), (None, None)):
            if key := self.stewards.get(narrower):
                return key
        return self.operator

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
    """What `changeset` is about. Sources and citations follow what they back."""
    rows = frozenset(
        Edit.objects.filter(changeset=changeset)
        .order_by()
        .values_list("province_id", "record_kind")
        .distinct()
    )
    return _without_companions(rows)


def scopes_of_each(changesets: Collection[Changeset]) -> dict[int, frozenset[Scope]]:
    """`scopes_of` each of `changesets`, by its id: one query."""
    found: defaultdict[int, set[Scope]] = defaultdict(set)
    edits = Edit.objects.filter(changeset__in=[changeset.pk for changeset in changesets])
    rows = edits.order_by().values_list("changeset_id", "province_id", "record_kind").distinct()
    for changeset, province, kind in rows:
        found[changeset].add((province, kind))
    return {pk: _without_companions(rows) for pk, rows in found.items()}


def _without_companions(rows: Collection[Scope]) -> frozenset[Scope]:
    return frozenset(row for row in rows if row[1] not in COMPANIONS) or frozenset(rows)


def may_draft(who: Standing, organisation: str) -> bool:
    """Any editor may propose, for an organisation of their own."""
    return organisation in who.at_least(Role.EDITOR)


def may_see(who: Standing, changeset: Changeset, scopes: Collection[Scope] | None = None) -> bool:
    """Officers see what is applied; before that their own organisation's and what they decide.

    An API client sees its organisation's alone. `scopes`: those of the changeset, where they are
    known already.
    """
    if who.client is not None:
        return changeset.organisation_id in who.roles
    if not is_officer(who):
        return False
    if changeset.state == State.APPLIED or changeset.organisation_id in who.roles:
        return True
    if changeset.state == State.DRAFT:
        return False
    return is_operator(who) or any(
        who.steward_of(scope) in who.roles
        for scope in (scopes_of(changeset) if scopes is None else scopes)
    )


def visible_to(who: Standing) -> Q:
    """`may_see` as a filter of changesets."""
    if who.client is not None:
        return Q(organisation__in=list(who.roles))
    if not is_officer(who):
        return Q(pk__in=[])
    seen = Q(state=State.APPLIED) | Q(organisation__in=list(who.roles))
    if is_operator(who):
        return seen | ~Q(state=State.DRAFT)
    curated = Q(pk__in=[])
    for scope in who.curates:
        narrower = Q(pk__in=[])
        for other, key in who.stewards.items():
            if key not in who.roles and _goes_before(other, scope):
                narrower |= _within(other)
        curated |= _within(scope) & ~narrower
    edits = Edit.objects.filter(curated, changeset=OuterRef("pk"))
    own = Edit.objects.filter(changeset=OuterRef("pk")).exclude(record_kind__in=COMPANIONS)
    told = Exists(edits.exclude(record_kind__in=COMPANIONS)) | (Exists(edits) & ~Exists(own))
    return seen | Q(~Q(state=State.DRAFT), told)


def _within(scope: Scope) -> Q:
    """The edits of a scope."""
    province, kind = scope
    return Q(
        **({"province": province} if province else {}),
        **({"record_kind": kind} if kind else {}),
        pk__isnull=False,
    )


def _goes_before(one: Scope, other: Scope) -> bool:
    """Whether the steward of `one` is asked before that of `other`, see `steward_of`."""
    return (one[0] is not None, one[1] is not None) > (other[0] is not None, other[1] is not None)


# Of a step the rule of the person comes first, then that of the state: who may never take it is
# not told how far the changeset is.


def writes(who: Standing, changeset: Changeset) -> bool:
    """The author, who is still an editor, or the API client that made it."""
    return _is_author(who, changeset) and changeset.organisation_id in who.at_least(Role.EDITOR)


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


def ends(who: Standing, changeset: Changeset) -> bool:
    """The author, or an administrator of the organisation."""
    administered = changeset.organisation_id in who.at_least(Role.ADMINISTRATOR)
    return _is_author(who, changeset) or administered


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

    None: not at all. Nobody decides on what they wrote, themselves or by an API client, whatever
    their role. `scopes`: those of the changeset, where they are known already.
    """
    if _is_author(who, changeset) or speaks_for_client(who, changeset):
        return None
    scopes = scopes_of(changeset) if scopes is None else scopes
    stewards = {who.steward_of(scope) for scope in scopes}
    reviewing = who.at_least(Role.REVIEWER)
    if len(stewards) == 1 and (only := next(iter(stewards))) in reviewing:
        return only
    several = len(stewards) > 1 and None not in stewards
    if several and stewards <= reviewing:
        return sorted(key for key in stewards if key)[0]
    # What concerns several stewards, and no one person of them all, is the operator's.
    return who.operator if several and who.operator in reviewing else None


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
    return who.steward_of((province, Province.kind)) in who.roles


def _is_author(who: Standing, changeset: Changeset) -> bool:
    if who.client is not None:
        return changeset.client_id == who.client.pk
    return who.user is not None and changeset.author_id == who.user.pk
