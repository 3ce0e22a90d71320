"""A person's own page, the people of an organisation, and invitations."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import invitations
from portal.accounts.access import has_second_factor, officers_only, person, signed_in
from portal.accounts.forms import InvitationForm, NameForm, RoleForm
from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.roles import Role, Roles, may_found, may_manage, require


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, for whom they act, and how they sign in."""
    user = person(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if form.is_valid():
        user.name = form.cleaned_data["name"].strip()
        user.save(update_fields=["name"])
        messages.success(request, gettext("Saved."))
        return redirect("account")
    who = Roles(user)
    context = {
        "form": form,
        "memberships": user.memberships.filter(organisation__is_active=True).select_related(
            "organisation"
        ),
        "founds": may_found(who),
        "managed": [key for key in who.roles if may_manage(who, key)],
        "second_factor": has_second_factor(user),
    }
    status = 400 if form.is_bound else 200
    return render(request, "accounts/account.html", context, status=status)


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, key: str) -> HttpResponse:
    """The members of an organisation and its open invitations; POST invites."""
    user = person(request)
    organisation = get_object_or_404(Organisation, key=key, is_active=True)
    who = Roles(user)
    require(may_manage(who, organisation.key))
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _invited(request, user, organisation, form):
        return redirect("people", key=key)
    context = {
        "organisation": organisation,
        "form": form,
        "members": organisation.memberships.select_related("user").order_by("user__email"),
        "waiting": invitations.listed(organisation),
        "roles": Role.choices,
        "founds": may_found(who),
    }
    status = 400 if form.is_bound else 200
    return render(request, "accounts/people.html", context, status=status)


def _invited(
    request: HttpRequest, user: User, organisation: Organisation, form: InvitationForm
) -> bool:
    address = request.build_absolute_uri(reverse("accept-invitation", args=["TOKEN"]))
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        invitations.invite(user, organisation, email, role, address)
    except ValidationError as error:
        form.add_error("email", error)
        return False
    messages.success(request, gettext("The invitation is on its way."))
    return True


@officers_only
@require_POST
def change_role(request: HttpRequest, key: str, member: int) -> HttpResponse:
    """Gives a member another role, or takes them out."""
    membership = get_object_or_404(Membership, organisation=key, pk=member)
    require(may_manage(Roles(person(request)), key))
    form = RoleForm(request.POST)
    if form.is_valid():
        role = form.cleaned_data["role"]
        try:
            invitations.set_role(person(request), membership, Role(role) if role else None)
            messages.success(request, gettext("Saved."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, gettext("Choose one of the roles."))
    return redirect("people", key=key)


@officers_only
@require_POST
def take_back(request: HttpRequest, key: str, invitation: int) -> HttpResponse:
    """Ends an open invitation."""
    found = get_object_or_404(Invitation, organisation=key, pk=invitation)
    invitations.take_back(person(request), found)
    messages.success(request, gettext("The invitation is taken back."))
    return redirect("people", key=key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation is for; POST by the person it is for accepts it."""
    try:
        invitation = invitations.find(token)
        if request.method == "POST" and isinstance(request.user, User):
            invitations.accept(token, request.user)
            request.session.pop(invitations.IN_SESSION, None)
            messages.success(request, gettext("You are a member now."))
            return redirect("account")
    except invitations.Unusable as unusable:
        request.session.pop(invitations.IN_SESSION, None)
        return render(request, "accounts/invitation.html", {"reason": str(unusable)}, status=410)
    if not request.user.is_authenticated:
        request.session[invitations.IN_SESSION] = token
    context = {"invitation": invitation, "token": token}
    return render(request, "accounts/invitation.html", context)
