"""Changesets: the only way into the catalogue, and its history."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from localities.models.facts import Source
from localities.models.places import IndustrialPark, Province
from localities.models.records import KEY_LENGTH, PeriodField
from portal.accounts.models import ApiClient, User


class Catalogue(models.Model):
    """The one row that every apply locks, and that holds the catalogue's version."""

    THE_ROW: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogue")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_one_row")]

    def __str__(self) -> str:
        return f"v{self.version}"


class Changeset(models.Model):
    """A set of edits, proposed, reviewed and applied as one."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waiting for review")
        APPLIED = "applied", _("Applied")
        RETURNED = "returned", _("Sent back")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(
        _("catalogue version that it made"), unique=True, null=True, blank=True
    )
    title = models.CharField(_("title"), max_length=200)
    comment = models.TextField(_("comment"), blank=True)
    revision = models.PositiveIntegerField(
        _("revision"), default=1, db_default=1, help_text=_("Grows with every change of its edits.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="changesets",
        null=True,
        blank=True,
        help_text=_("Nobody: an API client, or the system itself."),
    )
    former_authors: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User,
        related_name="+",
        blank=True,
        help_text=_("Wrote it until somebody took it over; they don't decide on it."),
    )
    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="changesets", null=True, blank=True
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="changesets", null=True, blank=True
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewing_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, blank=True
    )
    review_comment = models.TextField(_("reviewer's comment"), blank=True)
    reverts = models.ForeignKey(
        "self", models.PROTECT, related_name="reverted_by", null=True, blank=True
    )
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("changeset")
        verbose_name_plural = _("changesets")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="changeset_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", version__isnull=False)
                | (~Q(state="applied") & Q(version=None)),
                name="changeset_version_when_applied",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author")),
                name="changeset_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(client=None) | Q(author=None, organisation__isnull=False),
                name="changeset_person_or_client",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def heading(self) -> str:
        """Its title; of the first load, and of one that takes another back, in the reader's words.

        Read it with `reverts` at hand.
        """
        if self.version == 1:
            return gettext("First load")
        if self.reverts is None:
            return self.title
        told = {"version": self.reverts.version, "title": self.title}
        return gettext("Take back version %(version)d: %(title)s") % told

    @property
    def writer(self) -> User | ApiClient | None:
        """Who made it: a person, or an API client of the organisation; None: the system itself."""
        return self.author or self.client


class Edit(models.Model):
    """One change of one record: of one field, or of the whole record (`field` is empty)."""

    class Action(models.TextChoices):
        CREATE = "create", _("Add")
        UPDATE = "update", _("Change")
        DEACTIVATE = "deactivate", _("Take out")
        REACTIVATE = "reactivate", _("Put back")

    changeset = models.ForeignKey(Changeset, models.CASCADE, related_name="edits")
    position = models.PositiveIntegerField(_("order"))
    action = models.CharField(_("action"), max_length=10, choices=Action)
    record_kind = models.SlugField(_("kind of the record"), max_length=40, db_index=False)
    record = models.SlugField(_("key of the record"), max_length=KEY_LENGTH, db_index=False)
    field = models.CharField(_("field"), max_length=60, blank=True)
    old = models.JSONField(_("old value"), null=True, blank=True)
    new = models.JSONField(_("new value"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="+", null=True, blank=True, db_constraint=False
    )
    source_note = models.CharField(_("page or note"), max_length=200, blank=True)
    as_of = PeriodField(_("as of"))
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        help_text=_("The province that it is about; none: the whole country, or several."),
    )
    other_province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        help_text=_("Of an edit that moves its record: the other province that it is about."),
    )
    park = models.ForeignKey(
        IndustrialPark,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        help_text=_("The industrial park that it is about; none: no single one, or a move."),
    )
    beside = models.SlugField(
        _("kind of the record that it stands beside"),
        max_length=40,
        null=True,
        blank=True,
        db_index=False,
        help_text=_("Who curates that kind decides on it; none: it stands for itself."),
    )

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        ordering = ["changeset", "position"]
        indexes = [
            models.Index(fields=["record_kind", "record", "field"], name="edit_of_field"),
            models.Index(fields=["province", "-changeset"], name="edit_province"),
            models.Index(
                fields=["other_province", "-changeset"],
                name="edit_other_province",
                condition=Q(other_province__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["changeset", "position"], name="edit_position_unique"),
            models.UniqueConstraint(
                fields=["changeset", "record_kind", "record", "field"], name="edit_once_per_field"
            ),
            models.CheckConstraint(
                condition=Q(action="update") & ~Q(field="") | ~Q(action="update") & Q(field=""),
                name="edit_field_when_update",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.record_kind} {self.record} {self.field}".rstrip()

    @property
    def reason(self) -> str:
        """Why it takes its record out; '' for what does anything else."""
        return self.source_note if self.action == self.Action.DEACTIVATE else ""

    @property
    def confirms(self) -> bool:
        """Whether it changes nothing: a source says that the value still holds.

        Taking that back changes nothing either, and names no source.
        """
        if self.action != self.Action.UPDATE or self.old != self.new:
            return False
        is_stored = self.changeset_id is not None
        return self.source_id is not None or not is_stored or self.changeset.reverts_id is None

    @property
    def can_stand(self) -> bool:
        """Whether it may be kept where the catalogue has moved on: it says what it started from."""
        return self.action == self.Action.UPDATE or isinstance(self.old, dict)


class Step(models.Model):
    """What somebody did with a changeset, or said of it, and when."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RETURNED = "returned", _("Sent back")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        APPLIED = "applied", _("Applied")
        SETTLED = "settled", _("Settled conflicts")
        TAKEN_OVER = "taken_over", _("Taken over")
        COMMENTED = "commented", _("Commented")

    changeset = models.ForeignKey(Changeset, models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", null=True, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, blank=True
    )
    text = models.TextField(_("comment"), blank=True)
    revision = models.PositiveIntegerField(_("revision"))
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("step of a changeset")
        verbose_name_plural = _("steps of changesets")
        ordering = ["changeset", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(client=None) | Q(actor=None), name="step_person_or_client"
            )
        ]

    def __str__(self) -> str:
        return f"{self.changeset_id}: {self.kind}"

    @property
    def taker(self) -> User | ApiClient | None:
        """Who took it: a person or an API client."""
        return self.actor or self.client
