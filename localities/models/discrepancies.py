"""What sources do not agree on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from localities.models.records import KEY_LENGTH, CatalogueRecord


class Discrepancy(CatalogueRecord):
    """A value that another source gives for a field of a record, beside the one on record.

    Its citations say which source. It is decided where a reason says why the value on record is
    the one that stands.
    """

    kind = "discrepancy"
    reasons = ("reason_ja", "reason_en", "reason_vi")

    record_kind = models.SlugField(_("kind of the record"), max_length=40)
    record = models.SlugField(_("key of the record"), max_length=KEY_LENGTH, db_index=False)
    field = models.SlugField(_("field of the record"), max_length=60, db_index=False)
    value = models.CharField(_("value as the other source says it, with its unit"), max_length=200)
    reason_ja = models.TextField(
        _("why the value on record stands, in Japanese"), null=True, blank=True
    )
    reason_en = models.TextField(
        _("why the value on record stands, in English"), null=True, blank=True
    )
    reason_vi = models.TextField(
        _("why the value on record stands, in Vietnamese"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("discrepancy between sources")
        verbose_name_plural = _("discrepancies between sources")
        ordering = ["record_kind", "record", "field", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record", "field", "value"], name="discrepancy_unique"
            )
        ]

    @property
    def decided(self) -> bool:
        """Whether a reason is given."""
        return any(getattr(self, name) for name in self.reasons)
