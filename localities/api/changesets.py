"""Changesets over REST: what the desk does, by the same functions, for officers.

API clients draft and propose for their organisation, by the same functions, too.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from localities.api import changesets_serializers as bodies
from localities.api.changesets_access import DraftingView, IsOfficer
from localities.api.changesets_edits import clash_faults, refusal_faults, replace_edits
from localities.curation import review
from localities.curation.apply import apply
from localities.curation.editing import describe
from localities.curation.errors import Conflict, Refused, WrongState
from localities.curation.propose import draft, propose
from localities.filtering import CatalogueFilterSet
from localities.models import KINDS, Changeset, Edit, IndustrialPark, Province, Step
from localities.queries import history
from localities.rules import standing, visible_to
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Actor, NotAllowed, Role, require
from portal.api.clients import client_of
from portal.api.idempotency import idempotent
from portal.api.paging import KeysetPagination
from portal.api.problems import FaultyState
from portal.api.schema import IF_MATCH
from portal.api.versions import check_match

UNPROCESSABLE = 422


class ChangesetFilter(CatalogueFilterSet):
    """What changesets are about, and how far they are.

    Places that were taken out of the catalogue count: what was changed of them stays to be found.
    """

    state = django_filters.ChoiceFilter(choices=Changeset.State.choices)
    organisation = django_filters.ModelChoiceFilter(queryset=Organisation.objects.all())
    kind = django_filters.ChoiceFilter(
        choices=[(kind, kind) for kind in KINDS], method="of_edits", label="record_kind"
    )
    key = django_filters.CharFilter(method="of_edits", label="record")
    province = django_filters.ModelChoiceFilter(
        queryset=Province.objects.all(), method="of_edits", label="province"
    )
    park = django_filters.ModelChoiceFilter(
        queryset=IndustrialPark.objects.all(), method="of_edits", label="park"
    )

    _COLUMNS: ClassVar[dict[str, str]] = {"kind": "record_kind", "key": "record", "park": "park"}

    def of_edits(self, queryset: QuerySet[Changeset], name: str, value: str) -> Any:
        """The changesets with an edit that fits every filter of edits asked for."""
        asked = {
            column: self.form.cleaned_data[each]
            for each, column in self._COLUMNS.items()
            if self.form.cleaned_data.get(each)
        }
        province = self.form.cleaned_data.get("province")
        edits = history.edits_in(province.key) if province else Edit.objects.all()
        return queryset.filter(Exists(edits.filter(changeset=OuterRef("pk"), **asked)))


class ChangesetEditsView(DraftingView, ListAPIView[Edit]):
    """All edits of a changeset, in their order, by pages."""

    serializer_class = bodies.EditSerializer
    pagination_class = KeysetPagination
    filter_backends = ()
    queryset = Edit.objects.none()
    ordering_fields: ClassVar[dict[str, str]] = {"position": "position"}
    default_ordering: ClassVar[str] = "position"
    action = "list"

    def get_queryset(self) -> QuerySet[Edit]:
        """The edits of what the reader may see. Raises Http404 for anything else."""
        if getattr(self, "swagger_fake_view", False):
            return Edit.objects.none()
        seen = Changeset.objects.filter(visible_to(standing(_actor(self.request))))
        return Edit.objects.filter(changeset=get_object_or_404(seen, pk=self.kwargs["number"]))


class ChangesetViewSet(DraftingView, GenericViewSet[Changeset]):
    """Proposed changes of the catalogue, and what became of them."""

    pagination_class = KeysetPagination
    filterset_class = ChangesetFilter
    queryset = Changeset.objects.all()
    serializer_class = bodies.ChangesetSerializer
    lookup_url_kwarg = "number"
    lookup_value_regex = "[0-9]{1,9}"
    ordering_fields: ClassVar[dict[str, str]] = {"number": "pk"}
    default_ordering: ClassVar[str] = "-number"

    def get_queryset(self) -> QuerySet[Changeset]:
        """What the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Changeset.objects.none()
        seen = Changeset.objects.filter(visible_to(standing(_actor(self.request))))
        return seen.select_related("author", "client", "reviewer").annotate(
            edits_count=Count("edits", distinct=True)
        )

    @extend_schema(operation_id="changesets_list")
    def list(self, request: Request) -> Response:
        """A page of changesets, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = self.get_serializer_context()
        shown = bodies.ChangesetSerializer(page, many=True, context=context)
        return self.get_paginated_response(shown.data)

    @extend_schema(
        operation_id="changesets_create",
        request=bodies.NewChangesetBody,
        responses={201: bodies.ChangesetDetailSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Begins a draft."""
        wanted = _read(bodies.NewChangesetBody, request)
        actor = _actor(request)
        organisation = _organisation(actor, wanted.get("organisation"))
        with transaction.atomic():
            begun = draft(
                wanted["title"],
                [],
                author=actor,
                organisation=organisation,
                comment=wanted["comment"],
            )
            if wanted["edits"]:
                replace_edits(begun, wanted["edits"], actor=actor)
        return self._told(begun, status=201)

    @extend_schema(operation_id="changesets_read", responses=bodies.ChangesetDetailSerializer)
    def retrieve(self, request: Request, number: str) -> Response:
        """One changeset with its edits and its history."""
        return self._told(self.get_object())

    @extend_schema(
        operation_id="changesets_change",
        parameters=[IF_MATCH],
        request=bodies.ChangesetBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    def partial_update(self, request: Request, number: str) -> Response:
        """Changes a draft: its title, its comment, or all its edits."""
        wanted = _read(bodies.ChangesetBody, request)
        actor = _actor(request)

        def change(changeset: Changeset) -> None:
            title, comment = wanted.get("title"), wanted.get("comment")
            describe(changeset, actor=actor, title=title, comment=comment)
            if "edits" in wanted:
                replace_edits(changeset, wanted["edits"], actor=actor)

        return self._step(request, change)

    @extend_schema(
        operation_id="changesets_propose",
        parameters=[IF_MATCH],
        request=bodies.CommentBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def propose(self, request: Request, number: str) -> Response:
        """Hands a draft over for review."""
        comment = _read(bodies.CommentBody, request)["comment"]
        actor = _actor(request)
        return self._step(request, lambda own: propose(own, actor=actor, comment=comment))

    @extend_schema(
        operation_id="changesets_withdraw",
        parameters=[IF_MATCH],
        request=bodies.CommentBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, number: str) -> Response:
        """Ends an undecided changeset of one's own."""
        comment = _read(bodies.CommentBody, request)["comment"]
        actor = _actor(request)
        return self._step(request, lambda own: review.withdraw(own, actor=actor, comment=comment))

    @extend_schema(
        operation_id="changesets_take_over",
        parameters=[IF_MATCH],
        request=bodies.CommentBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="take-over",
        url_name="take-over",
        permission_classes=[IsOfficer],
    )
    @idempotent
    def take_over(self, request: Request, number: str) -> Response:
        """Goes on with a colleague's changeset that was sent back, as its author."""
        comment = _read(bodies.CommentBody, request)["comment"]
        person = _person(request)
        return self._step(request, lambda own: review.take_over(own, actor=person, comment=comment))

    @extend_schema(
        operation_id="changesets_apply",
        parameters=[IF_MATCH],
        request=bodies.CommentBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(detail=True, methods=["post"], permission_classes=[IsOfficer])
    @idempotent
    def apply(self, request: Request, number: str) -> Response:
        """Writes a reviewed changeset into the catalogue, as its next version."""
        comment = _read(bodies.CommentBody, request)["comment"]
        person = _person(request)
        return self._decide(
            request,
            lambda own, seen: apply(own, reviewer=person, comment=comment, revision=seen),
        )

    @extend_schema(
        operation_id="changesets_return",
        parameters=[IF_MATCH],
        request=bodies.ReasonBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="return",
        url_name="return",
        permission_classes=[IsOfficer],
    )
    @idempotent
    def send_back(self, request: Request, number: str) -> Response:
        """Sends a changeset back to its author, with the reason."""
        comment = _read(bodies.ReasonBody, request)["comment"]
        person = _person(request)
        return self._decide(
            request,
            lambda own, seen: review.send_back(
                own, reviewer=person, comment=comment, revision=seen
            ),
        )

    @extend_schema(
        operation_id="changesets_reject",
        parameters=[IF_MATCH],
        request=bodies.ReasonBody,
        responses=bodies.ChangesetDetailSerializer,
    )
    @action(detail=True, methods=["post"], permission_classes=[IsOfficer])
    @idempotent
    def reject(self, request: Request, number: str) -> Response:
        """Ends a changeset without effect, with the reason."""
        comment = _read(bodies.ReasonBody, request)["comment"]
        person = _person(request)
        return self._decide(
            request,
            lambda own, seen: review.reject(own, reviewer=person, comment=comment, revision=seen),
        )

    @extend_schema(
        operation_id="changesets_revert",
        parameters=[IF_MATCH],
        request=bodies.RevertBody,
        responses={201: bodies.ChangesetDetailSerializer},
    )
    @action(detail=True, methods=["post"], permission_classes=[IsOfficer])
    @idempotent
    def revert(self, request: Request, number: str) -> Response:
        """Begins a draft that takes back what an applied changeset did."""
        wanted = _read(bodies.RevertBody, request)
        person = _person(request)
        changeset = self._seen(request)
        organisation = _organisation(person, wanted.get("organisation"))
        back = self._carry_out(
            changeset, lambda: review.revert(changeset, actor=person, organisation=organisation)
        )
        return self._told(back, status=201)

    def _step(self, request: Request, step: Callable[[Changeset], object]) -> Response:
        """Takes a step of the author's with the changeset as it was seen."""
        with transaction.atomic():
            seen = self._seen(request)
            locked = Changeset.objects.select_for_update().get(pk=seen.pk)
            check_match(request, _etag(locked))
            self._carry_out(locked, lambda: step(locked))
        return self._told(locked)

    def _decide(self, request: Request, step: Callable[[Changeset, int], object]) -> Response:
        """Takes a reviewer's step, which locks by itself and checks the revision again."""
        seen = self._seen(request)
        self._carry_out(seen, lambda: step(seen, seen.revision))
        self._version = None  # the answer is of what the step made
        return self._told(seen)

    def _seen(self, request: Request) -> Changeset:
        """The changeset, as it stands and as the request must name it. Raises FaultyState."""
        changeset = self.get_object()
        check_match(request, _etag(changeset))
        return changeset

    def _carry_out(self, changeset: Changeset, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Conflict as conflict:
            text = gettext("The catalogue has changed since. Settle the conflicts first.")
            raise FaultyState(clash_faults(changeset, conflict.clashes), text) from conflict
        except Refused as refused:
            text = gettext("The catalogue can't hold this.")
            faults = refusal_faults(changeset, refused.refusals)
            raise FaultyState(faults, text, UNPROCESSABLE) from refused
        except WrongState as wrong:
            present = Changeset.objects.get(pk=changeset.pk)
            check_match(self.request, _etag(present))
            raise FaultyState(detail=_state_text(present)) from wrong
        except ModelError as error:
            raise ValidationError(get_error_detail(error)) from error

    def _told(self, changeset: Changeset, *, status: int = 200) -> Response:
        present = self.get_queryset().get(pk=changeset.pk)
        context = self.get_serializer_context()
        shown = bodies.ChangesetDetailSerializer(present, context=context)
        headers = {"ETag": _etag(present)}
        if status == 201:
            headers["Location"] = reverse(
                "api-changeset-detail", kwargs={"number": present.pk}, request=self.request
            )
        return Response(shown.data, status=status, headers=headers)


def _read(serializer: type[Any], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def _actor(request: Request) -> Actor:
    return client_of(request) or _person(request)


def _organisation(actor: Actor, key: str | None) -> Organisation:
    """For whom the actor drafts: the organisation named, or the only one. Raises NotAllowed."""
    own = standing(actor).at_least(Role.EDITOR)
    require(bool(own))
    if key is None and len(own) > 1:
        text = gettext("Name the organisation; yours are %(keys)s.") % {
            "keys": ", ".join(sorted(own))
        }
        raise ValidationError({"organisation": [ErrorDetail(text, code="required")]})
    require(key is None or key in own)
    return Organisation.objects.get(key=key or next(iter(own)))


def _etag(changeset: Changeset) -> str:
    """The changeset's state as a strong ETag: a step changes it without a new revision.

    Behind it, how often it was taken over.
    """
    times = changeset.steps.filter(kind=Step.Kind.TAKEN_OVER).count()
    return f'"{changeset.revision}-{changeset.state}{f"-{times}" if times else ""}"'


def _state_text(changeset: Changeset) -> str:
    text = gettext("This can't be done with a changeset in this state: %(state)s.")
    return text % {"state": changeset.get_state_display()}
