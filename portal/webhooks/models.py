"""Endpoints of organisations, the events for them (the outbox), and each try to deliver one."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation


class Event(models.TextChoices):
    """What an endpoint can be told of. A test is sent to whoever asks for it."""

    CATALOGUE_CHANGED = "catalogue.changed", _("The catalogue has a new version")
    CHANGESET_DECIDED = "changeset.decided", _("A changeset of the organisation was decided on")
    MATCH_JOB_FINISHED = "match_job.finished", _("A batch of matches is finished")


TEST = "test"
ADDRESSES = frozenset({"changes", "changeset", "match_job"})  # of `data`: kept as paths


class Endpoint(models.Model):
    """An address of an organisation's system. Its secrets follow from salts, see `signing`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    salt = models.CharField(_("what the secret is made of"), max_length=43)
    delivered_at = models.DateTimeField(_("last delivered"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("disabled by the portal"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    turn = models.PositiveIntegerField(_("turns that are over"), db_default=0, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(disabled_at=None) | Q(is_active=False),
                name="webhook_disabled_is_not_active",
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def event_labels(self) -> list[str]:
        """What it is told of, in words."""
        return [str(Event(event).label) for event in self.events]

    def former_until(self, at: datetime) -> datetime | None:
        """Until when the secret before signs, too; None where it no longer does."""
        last = self.former_secrets.filter(until__gt=at).first()
        return last.until if last else None


class FormerSecret(models.Model):
    """A secret of an endpoint that was rotated, and signs a while beside the new one."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="former_secrets")
    salt = models.CharField(_("what the secret is made of"), max_length=43)
    until = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("former secret of a webhook")
        verbose_name_plural = _("former secrets of webhooks")
        ordering = ["-until", "-id"]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.until:%Y-%m-%d %H:%M}"


class Delivery(models.Model):
    """One event for one endpoint, written with what it tells of. `id` is the message's for good."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(_("event"), max_length=40)
    data = models.JSONField(_("what it tells"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts_count = models.PositiveSmallIntegerField(_("tries"), default=0)
    retries_from = models.PositiveSmallIntegerField(_("tries before it was sent again"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True, blank=True, default=timezone.now)
    begun_at = models.DateTimeField(_("first wanted, or wanted again"), default=timezone.now)
    created_at = models.DateTimeField(_("happened"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["endpoint", "-created_at"], name="delivery_of_endpoint"),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id} {self.state}"

    @property
    def event_label(self) -> str:
        """What it tells, in words."""
        return gettext("A test") if self.event == TEST else str(Event(self.event).label)

    @property
    def told(self) -> dict[str, Any]:
        """What it tells, with whole addresses: a receiver may listen to several portals."""
        return {
            name: f"{settings.SITE}{value}" if name in ADDRESSES else value
            for name, value in self.data.items()
        }

    @property
    def message(self) -> str:
        """The `webhook-id` that every try carries."""
        return f"msg_{self.pk.hex}"


class Attempt(models.Model):
    """One try: what the other side answered, or why it did not."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    ms = models.PositiveIntegerField(_("milliseconds"))
    answer = models.CharField(_("beginning of the answer"), max_length=500, blank=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.status or self.error}"

    @property
    def result(self) -> str:
        """How it went, in words."""
        if self.status is not None:
            return gettext("answer %(status)d") % {"status": self.status}
        forbidden = self.error.startswith("ForbiddenTarget")
        return gettext("an address that may not be called") if forbidden else gettext("no answer")
