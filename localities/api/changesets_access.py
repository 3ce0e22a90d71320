"""Who gets at changesets over REST at all: officers, and API clients that draft and propose."""

from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.accounts.access import has_second_factor
from portal.accounts.models import Scope, User
from portal.accounts.roles import Roles, is_officer
from portal.api.clients import ClientAuthentication, PeopleOnly, Scoped, client_of
from portal.api.views import SignedInView


class IsOfficer(PeopleOnly):
    """An officer who signs in with a second factor."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the person works for an organisation, and has set a second factor up."""
        if not super().has_permission(request, view):
            return False
        user = request.user
        if not isinstance(user, User) or not is_officer(Roles(user)):
            self.message = gettext("This is for officers of the portal's organisations.")
            return False
        self.message = gettext("Officers sign in with a second factor. Please set one up first.")
        return has_second_factor(user)


class MayDraft(Scoped):
    """An officer, or an API client with the scope to draft and propose."""

    scope = str(Scope.CHANGESET)

    def has_permission(self, request: Request, view: APIView) -> bool:
        """As of `IsOfficer` for people; raises ScopeMissing for a client without the scope."""
        if client_of(request) is not None:
            return super().has_permission(request, view)
        officer = IsOfficer()
        allowed = officer.has_permission(request, view)
        self.message = officer.message
        return allowed


class DraftingView(SignedInView):
    """A view for officers who are signed in, and for API clients; no cache keeps its answers."""

    authentication_classes = (ClientAuthentication, SessionAuthentication)
    permission_classes = (MayDraft,)

    def get_authenticate_header(self, request: Request) -> str:
        """The challenges of both ways in."""
        bearer = ClientAuthentication().authenticate_header(request)
        return f"{super().get_authenticate_header(request)}, {bearer}"
