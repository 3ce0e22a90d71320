"""The catalogue and its changesets in the admin, to be looked at: only a changeset changes them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from localities.models import KINDS, Catalogue, Changeset, Edit, Step
from localities.rules import standing, told_to, visible_to


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


def _seen(request: HttpRequest) -> QuerySet[Changeset]:
    """The changesets that the reader sees on the desk, too."""
    return Changeset.objects.filter(visible_to(standing(request.user)))


class ChangesetAdmin(ReadOnly):
    """Changesets, the newest first."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Changeset]:
        """Those that the reader sees on the desk, too."""
        return super().get_queryset(request).filter(pk__in=_seen(request))

    list_display = ("id", "title", "state", "version", "organisation", "created_at")
    list_filter = ("state",)
    search_fields = ("title",)


class PartAdmin(ReadOnly):
    """A part of changesets, in the order in which the parts came."""

    list_select_related: ClassVar[tuple[str, ...]] = ("changeset",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the changesets that the reader sees."""
        return super().get_queryset(request).filter(changeset__in=_seen(request))


class EditAdmin(PartAdmin):
    """Edits of changesets."""

    list_display = ("id", "changeset", "action", "record_kind", "record", "field")
    search_fields = ("record",)


class StepAdmin(PartAdmin):
    """Steps with changesets; what others said before it first waited is theirs."""

    list_display = ("id", "changeset", "kind", "organisation", "at")
    list_select_related: ClassVar[tuple[str, ...]] = ("changeset", "organisation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that the reader sees on the desk, too."""
        return super().get_queryset(request).filter(told_to(standing(request.user)))


for kind in KINDS.values():
    admin.site.register(kind, RecordAdmin)
admin.site.register(Catalogue, ReadOnly)
admin.site.register(Changeset, ChangesetAdmin)
admin.site.register(Edit, EditAdmin)
admin.site.register(Step, StepAdmin)
