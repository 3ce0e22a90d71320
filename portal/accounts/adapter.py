"""Where sign-in leads."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.invitations import IN_SESSION


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Leads people who came by an invitation back to it."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The invitation that the reader came by, else the reader's own page."""
        if token := request.session.get(IN_SESSION):
            return reverse("accept-invitation", args=[token])
        return reverse("account")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """As after signing in."""
        return self.get_login_redirect_url(request)
