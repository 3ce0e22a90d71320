"""The Django admin, for the operator's technical staff with a second factor."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import has_second_factor
from portal.accounts.models import User


class PortalAdmin(AdminSite):
    """The admin's pages; who signs in, does so on the portal's own page."""

    site_header = site_title = _("Tsunagari: administration")

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff that sign in with a second factor."""
        user = request.user
        staff = isinstance(user, User) and user.is_active and user.is_staff
        return staff and isinstance(user, User) and has_second_factor(user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Leads to the portal's own page; 403 for whoever is signed in and no staff."""
        user = request.user
        if isinstance(user, User) and user.is_staff and not has_second_factor(user):
            return redirect("mfa_activate_totp")
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer
