"""What the desk found out about the catalogue, and is none of its facts: no changeset writes it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from localities.models.facts import Source

DEAD_AFTER = 2  # failed looks in a row: one bad night says nothing


class LinkCheck(models.Model):
    """When a source's address was last looked at, and whether anything was there."""

    source = models.OneToOneField(
        Source, models.CASCADE, primary_key=True, related_name="link_check"
    )
    url = models.URLField(_("address looked at"), max_length=600)
    checked_at = models.DateTimeField(_("last looked at"))
    last_good = models.DateTimeField(_("last reached"), null=True, blank=True)
    failed_since = models.DateTimeField(_("not reached since"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failed looks in a row"), default=0)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    reason = models.CharField(_("why not, for the logs"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("look at a source's address")
        verbose_name_plural = _("looks at sources' addresses")
        ordering = ["-failures", "source"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(failures=0, failed_since=None)
                | models.Q(failures__gt=0, failed_since__isnull=False),
                name="link_check_failed_since_a_date",
            )
        ]

    def __str__(self) -> str:
        return self.source_id


class Weighing(models.Model):
    """How much stale facts and blanks weigh in matches, reckoned in the background.

    `content` holds "facts": [kind, key, field, companies, references] and "blanks": [kind and key
    of the place, what is unknown by language, kind to add, fields, companies, references].
    `companies` is in steps of five, null where they are fewer.
    """

    catalogue_version = models.PositiveIntegerField(_("catalogue version"), unique=True)
    content = models.JSONField(_("content"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("weighing of facts")
        verbose_name_plural = _("weighings of facts")
        ordering = ["-catalogue_version"]

    def __str__(self) -> str:
        return f"v{self.catalogue_version}"
