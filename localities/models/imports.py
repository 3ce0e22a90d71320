"""Officers' files on their way to a draft. No part of the catalogue."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from localities.models.changes import Changeset
from localities.models.records import KEY_LENGTH


class ImportFile(models.Model):
    """A file that an officer gave, how it is to be read, and the one draft that came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.SlugField(_("kind of the records"), max_length=40)
    name = models.CharField(_("name of the file"), max_length=255)
    digest = models.CharField(_("digest of the content"), max_length=64)
    content = models.BinaryField(_("content; none: the draft is made"), default=b"")
    order = models.JSONField(_("how it is to be read"), default=dict, blank=True)
    checked = models.CharField(_("what the rows were worked out for"), max_length=80, blank=True)
    changeset = models.OneToOneField(
        Changeset, models.SET_NULL, related_name="+", null=True, blank=True
    )
    counts = models.JSONField(_("rows by what became of them"), default=dict, blank=True)
    created_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("file to import")
        verbose_name_plural = _("files to import")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """What would become of a row of a file. Rows with nothing to tell are only counted."""

    class State(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused")

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("what becomes of it"), max_length=10, choices=State)
    record = models.CharField(_("key of the record"), max_length=KEY_LENGTH * 4, blank=True)
    name = models.TextField(_("name"), blank=True)
    changes = models.JSONField(_("changes: field, from, to"), default=list, blank=True)
    kept = models.JSONField(
        _("changed since the export: field, from, to"), default=list, db_default=[], blank=True
    )
    faults = models.JSONField(_("reasons: column, value, reason"), default=list, blank=True)

    class Meta:
        verbose_name = _("row of a file to import")
        verbose_name_plural = _("rows of files to import")
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="import_row_once_per_file")
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.number}"


class ColumnMapping(models.Model):
    """What an organisation took a column of a heading for, the last time."""

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="+")
    kind = models.SlugField(_("kind of the records"), max_length=40)
    heading = models.CharField(_("heading, folded"), max_length=300)
    field = models.CharField(_("field; none: left out"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("column of an organisation's files")
        verbose_name_plural = _("columns of organisations' files")
        ordering = ["organisation", "kind", "heading"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "heading"], name="column_mapping_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.heading} = {self.field}"
