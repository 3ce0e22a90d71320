"""What the API keeps of requests that may come twice."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """The one answer to all requests with an Idempotency-Key; `status` is null while in flight.

    `token` is of the request that works on it: whoever takes a dead one's place writes a new one.
    """

    holder = models.CharField(_("whose key it is"), max_length=60)
    key = models.CharField(_("Idempotency-Key"), max_length=255)
    fingerprint = models.CharField(_("SHA-256 of the request"), max_length=64)
    token = models.UUIDField(_("token"), default=uuid.uuid4)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), default="", help_text=_("JSON as it was sent; '' for none."))

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(fields=["holder", "key"], name="kept_answer_once_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.key}"
