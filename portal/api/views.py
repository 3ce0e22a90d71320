"""What every view of the API is built on."""

from typing import Any, NoReturn

from django.utils.translation import gettext
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.pagination import BasePagination
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts.models import Organisation
from portal.api.clients import ClientAuthentication, client_of
from portal.api.paging import KeysetPagination
from portal.api.parameters import KnownParameters
from portal.api.throttles import WindowThrottle
from portal.api.versions import CatalogueVersion, ConditionalGet

UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class OwnMethods(APIView):
    """A view whose Allow header names what it answers to: OPTIONS is a 405 like any other."""

    @property
    def allowed_methods(self) -> list[str]:
        """The methods that the view has."""
        return [method for method in super().allowed_methods if method != "OPTIONS"]


class Throttled(APIView):
    """A view whose answers tell the limit that they were counted against.

    A request that is refused for who sends it counts, too: else a wrong token would have no limit.
    """

    def perform_authentication(self, request: Request) -> None:
        """Finds out who asks, and counts the request against their limit."""
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Nothing: the request is counted already."""

    def charge(self, request: Request, more: int) -> None:
        """Counts a request as so many more than one. Raises Throttled over the limit."""
        for throttle in self.get_throttles() if more else ():
            if isinstance(throttle, WindowThrottle) and not throttle.allow_request(
                request, self, more
            ):
                self.throttled(request, throttle.wait() or 0)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds the headers."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if allowance := getattr(request._request, "allowance", None):
            for name, value in allowance.headers().items():
                response.headers[name] = value
        return response


class ApiView(CatalogueVersion, KnownParameters, OwnMethods, Throttled):
    """Refuses unknown parameters, names its catalogue version, methods and rate limit."""


class PublicView(ApiView):
    """An ApiView that anyone may use, without signing in; API clients at a rate of their own."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (ClientAuthentication,)
    permission_classes: tuple[type[BasePermission], ...] = (AllowAny,)


class PrivateView(ApiView):
    """An ApiView for those who say who they are; no cache keeps what it answers."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds what caches must heed."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response


class SignedInView(PrivateView):
    """A PrivateView for people who are signed in."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (SessionAuthentication,)
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        """Raises NotAuthenticated or PermissionDenied; tokens are named where they open it."""
        tokens = ClientAuthentication in self.authentication_classes
        if not tokens and not request.user.is_authenticated:
            text = gettext("This is for people who sign in, not for API clients.")
            raise NotAuthenticated(text)
        super().permission_denied(request, message, code)

    def get_authenticate_header(self, request: Request) -> str:
        """Tells the answer to who is not signed in (401) from the one to who may not (403)."""
        return "Session"


class ClientView(PrivateView):
    """A PrivateView for API clients alone; its permission is one of `scoped`."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (ClientAuthentication,)

    @property
    def organisation(self) -> Organisation:
        """The organisation whose client asks."""
        client = client_of(self.request)
        if client is None:
            raise NotAuthenticated
        return client.organisation


class CatalogueView(ConditionalGet, PublicView):
    """A public view of the catalogue: ETags, pages by cursor, records found by their key."""

    pagination_class: type[BasePagination] | None = KeysetPagination
    lookup_field = "key"
    lookup_url_kwarg: str | None = "slug"
    lookup_value_regex = "[a-z0-9_-]+"


class NoSuchAddress(PublicView):
    """Answers 404 to every address under /api/ that is none."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotFound, whatever the method and the parameters."""
        path = request.path
        if path.endswith("/"):
            raise NotFound(gettext("There is nothing at this address."))
        raise NotFound(gettext("Addresses end in a slash: %(path)s/") % {"path": path})

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Never reached; tells the methods apart from a 405."""
        raise NotFound
