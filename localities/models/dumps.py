"""Dumps of the catalogue, made once a version for all web processes. No part of the catalogue."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StoredDump(models.Model):
    """One version of the catalogue in one form, known by the digest of its bytes."""

    version = models.PositiveIntegerField(_("catalogue version"))
    form = models.CharField(_("form"), max_length=10)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    content = models.BinaryField(_("content"))
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("dump of the catalogue")
        verbose_name_plural = _("dumps of the catalogue")
        ordering = ["-version", "form"]
        constraints = [
            models.UniqueConstraint(fields=["version", "form"], name="dump_once_per_version")
        ]

    def __str__(self) -> str:
        return f"v{self.version} {self.form}"
