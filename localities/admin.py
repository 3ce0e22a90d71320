"""The catalogue and its changesets in the admin, to be looked at: only a changeset changes them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from localities.models import KINDS, Catalogue, Changeset, Edit, Step


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # stubs make it generic
    """Records that staff see, and nobody changes here."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """All staff that get in."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """All staff that get in."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class RecordAdmin(ReadOnly):
    """A kind of record of the catalogue."""

    list_display = ("key", "is_active")
    list_filter = ("is_active",)
    search_fields = ("key",)
    ordering = ("key",)


class ChangesetAdmin(ReadOnly):
    """Changesets, the newest first."""

    list_display = ("id", "title", "state", "version", "organisation", "created_at")
    list_filter = ("state",)
    search_fields = ("title",)


class EditAdmin(ReadOnly):
    """Edits of changesets."""

    list_display = ("id", "changeset", "action", "record_kind", "record", "field")
    list_select_related = ("changeset",)
    search_fields = ("record",)


for kind in KINDS.values():
    admin.site.register(kind, RecordAdmin)
admin.site.register(Catalogue, ReadOnly)
admin.site.register(Changeset, ChangesetAdmin)
admin.site.register(Edit, EditAdmin)
admin.site.register(Step, ReadOnly)
