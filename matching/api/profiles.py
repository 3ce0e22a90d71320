"""A person's own profiles and stored matches over REST, by the same functions as the pages."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from matching import profiles, snapshot
from matching.api import profiles_serializers as bodies
from matching.asked import address_of
from matching.models import Match, StoredProfile
from portal.accounts.access import person
from portal.api.idempotency import idempotent
from portal.api.parsers import check_no_body
from portal.api.problems import FaultyState
from portal.api.schema import IF_MATCH
from portal.api.versions import check_match
from portal.api.views import UUID_PATTERN, SignedInView


class ProfileViewSet(SignedInView, GenericViewSet[StoredProfile]):
    """The profiles that the person who is signed in keeps."""

    queryset = StoredProfile.objects.none()
    serializer_class = bodies.StoredProfileSerializer
    filter_backends = ()
    lookup_url_kwarg = "key"
    lookup_value_regex = UUID_PATTERN
    ordering_fields: ClassVar[dict[str, str]] = {
        "title": "title",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_ordering: ClassVar[str] = "-updated_at"

    def get_queryset(self) -> QuerySet[StoredProfile]:
        """The person's own."""
        if getattr(self, "swagger_fake_view", False):
            return StoredProfile.objects.none()
        return StoredProfile.objects.filter(owner=person(self.request))

    @extend_schema(operation_id="profiles_list")
    def list(self, request: Request) -> Response:
        """A page of profiles, the one that changed last first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="profiles_create",
        request=bodies.NewProfileBody,
        responses={201: bodies.StoredProfileSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Keeps a profile."""
        context = {"snapshot": snapshot.current()}
        read = bodies.NewProfileBody(data=request.data, context=context)
        read.is_valid(raise_exception=True)
        wanted = read.validated_data
        with transaction.atomic():
            try:
                query = address_of(request.data["question"])
            except ValidationError as error:
                raise ValidationError({"question": error.detail}) from error
            made = _done(profiles.save, person(request), title=wanted["title"], query=query)
            if wanted.get("findable"):
                _done(profiles.change, made, title=made.title, findable=True)
        return self._told(made, status=201)

    @extend_schema(operation_id="profiles_read")
    def retrieve(self, request: Request, key: str) -> Response:
        """One profile."""
        return self._told(self.get_object())

    @extend_schema(
        operation_id="profiles_change", parameters=[IF_MATCH], request=bodies.ProfileBody
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Renames a profile, gives or takes the consent to be found."""
        read = bodies.ProfileBody(data=request.data)
        read.is_valid(raise_exception=True)
        with transaction.atomic():
            profile = self._seen(request)
            values = {"title": profile.title, "findable": profile.findable, **read.validated_data}
            _done(profiles.change, profile, **values)
        return self._told(profile)

    @extend_schema(operation_id="profiles_delete", parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """Deletes a profile with its stored matches."""
        with transaction.atomic():
            profiles.delete(self._seen(request))
        return Response(status=204)

    def _seen(self, request: Request) -> StoredProfile:
        """The profile, locked, in the state that If-Match names. Raises FaultyState."""
        own = self.get_queryset().select_for_update()
        profile: StoredProfile = get_object_or_404(own, pk=self.kwargs["key"])
        check_match(request, _etag(profile))
        return profile

    def _told(self, profile: StoredProfile, *, status: int = 200) -> Response:
        shown = self.get_serializer(profile).data
        headers = {"ETag": _etag(profile)}
        if status == 201:
            headers["Location"] = str(shown["url"])  # REST framework's own kind of text
        return Response(shown, status=status, headers=headers)


class ProfileMatchViewSet(SignedInView, GenericViewSet[Match]):
    """The matches that are stored with a profile."""

    queryset = Match.objects.none()
    serializer_class = bodies.StoredMatchSerializer
    filter_backends = ()
    ordering_fields: ClassVar[dict[str, str]] = {"created_at": "created_at"}
    default_ordering: ClassVar[str] = "-created_at"

    @extend_schema(operation_id="profiles_matches_list")
    def list(self, request: Request, key: UUID) -> Response:
        """A page of matches, the newest first."""
        page = self.paginate_queryset(self._profile().matches.all()) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="profiles_matches_create",
        request=None,
        responses={201: bodies.WholeMatchSerializer},
    )
    @idempotent
    def create(self, request: Request, key: UUID) -> Response:
        """Stores today's match of the profile."""
        check_no_body(request)
        try:
            made = _done(profiles.store_match, self._profile())
        except ValidationError as error:
            text = gettext("Today’s catalogue cannot read this profile.")
            raise FaultyState(detail=text) from error
        shown = self._whole(made)
        return Response(shown, status=201, headers={"Location": shown["url"]})

    @extend_schema(operation_id="profiles_matches_read", responses=bodies.WholeMatchSerializer)
    def retrieve(self, request: Request, key: UUID, match: UUID) -> Response:
        """One match with its ranking."""
        return Response(self._whole(get_object_or_404(self._profile().matches, pk=match)))

    def _profile(self) -> StoredProfile:
        own = StoredProfile.objects.filter(owner=person(self.request))
        return get_object_or_404(own, pk=self.kwargs["key"])

    def _whole(self, match: Match) -> Any:
        return bodies.WholeMatchSerializer(match, context=self.get_serializer_context()).data


def _etag(profile: StoredProfile) -> str:
    return f'"{profile.updated_at:%Y%m%dT%H%M%S%f}"'


def _done(step: Any, *args: Any, **kwargs: Any) -> Any:
    """What the step returns; raises the API's errors for those of the domain."""
    try:
        return step(*args, **kwargs)
    except profiles.TooMany as refused:
        raise FaultyState(detail=" ".join(refused.messages)) from refused
    except ModelError as refused:
        raise ValidationError(refused.messages) from refused
