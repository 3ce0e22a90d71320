"""What a person gave: to take along, or to delete with the account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from localities.views.addresses import takes
from matching import profiles
from portal.accounts import leaving
from portal.accounts.access import person, signed_in


@signed_in
@require_safe
@takes()
def data(request: HttpRequest) -> HttpResponse:
    """All that the reader gave, as a file."""
    user = person(request)
    given = {"account": leaving.given_by(user), "profiles": profiles.given_by(user)}
    answer = JsonResponse(given, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="tsunagari-account.json"'
    return answer


@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
@takes()
def leave(request: HttpRequest) -> HttpResponse:
    """Asks whether to delete the account; POST does, with everything in it."""
    user, error = person(request), ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                profiles.forget(user)
                leaving.leave(user)
            logout(request)
            messages.success(request, _("Your account and all that you gave are deleted."))
            return redirect("account_login")
        except ValidationError as refused:
            error = " ".join(refused.messages)
    context = {"error": error, "profiles": user.profiles.count()}
    return render(request, "matching/own/leave.html", context, status=400 if error else 200)
