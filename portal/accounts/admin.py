"""Users, organisations and their members in the admin, for superusers."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from oauth2_provider import models as oauth

from portal.accounts.models import ApiClient, Membership, Organisation, User

# The organisation's own page is for its clients; the rest no grant of ours uses, or is a secret.
admin.site.unregister(
    [ApiClient, oauth.AccessToken, oauth.Grant, oauth.IDToken, oauth.RefreshToken]
)


class ForSuperusers(admin.ModelAdmin):  # type: ignore[type-arg]  # stubs make it generic
    """Records that superusers see and change, and nobody else."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers alone."""
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers alone."""
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: history names people and organisations; they are made inactive."""
        return False


class NewUserForm(AdminUserCreationForm):
    """A user by the e-mail address."""

    class Meta:
        model = User
        fields = ("email", "name")


class ChangedUserForm(UserChangeForm):  # type: ignore[type-arg]
    """A user's own fields."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(ForSuperusers, UserAdmin):  # type: ignore[type-arg]
    """Users, whatever they are members of."""

    form = ChangedUserForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    filter_horizontal = ()


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """The people of an organisation."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        return _is_superuser(request)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        return _is_superuser(request)


@admin.register(Organisation)
class OrganisationAdmin(ForSuperusers):
    """Organisations and their members."""

    list_display = ("key", "kind", "name_ja", "name_en", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("key", "name_ja", "name_en", "name_vi")
    inlines = (MembershipInline,)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
