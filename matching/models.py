"""What matching keeps: the arrays of each catalogue version, and the matches made with them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.engine.facts import DIMENSIONS
from portal.accounts.models import Organisation
from portal.jobs.models import Job


class StoredSnapshot(models.Model):
    """One catalogue version as the engine read it, kept so that a match can be run again."""

    catalogue_version = models.PositiveIntegerField(_("catalogue version"))
    layout = models.CharField(_("engine version and layout"), max_length=20)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    content = models.BinaryField(_("content"))
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue_version", "layout"], name="snapshot_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.catalogue_version} {self.layout}"


class StoredProfile(models.Model):
    """A profile that a person keeps: the address of its match, under a title of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="profiles",
        db_index=False,  # `profile_of_owner` begins with it
        verbose_name=_("owner"),
    )
    title = models.CharField(_("title"), max_length=120)
    query = models.CharField(_("query string of the match"), max_length=4000)
    findable = models.BooleanField(_("officers may find the company"), default=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("kept profile")
        verbose_name_plural = _("kept profiles")
        ordering = ["-updated_at", "pk"]
        indexes = [models.Index(fields=["owner", "-updated_at"], name="profile_of_owner")]

    def __str__(self) -> str:
        return self.title


class ProfileFit(models.Model):
    """How a profile of a company that may be found fits each province, on one catalogue version.

    It goes with its profile; whoever takes the consent back is no longer read (`matching.reverse`).
    """

    profile = models.OneToOneField(
        StoredProfile, models.CASCADE, primary_key=True, related_name="fit"
    )
    catalogue_version = models.PositiveIntegerField(_("catalogue version"))
    profile_updated_at = models.DateTimeField(_("state of the profile"))
    sector = models.CharField(_("sector"), max_length=120)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    first = models.JSONField(_("provinces among the first ten"), default=list)
    fails = models.JSONField(_("by must-have, the provinces that fail it"), default=dict)

    class Meta:
        verbose_name = _("fit of a profile")
        verbose_name_plural = _("fits of profiles")
        ordering = ["profile"]

    def __str__(self) -> str:
        return str(self.profile_id)


class Match(models.Model):
    """A question, and the numbers that one engine gave it on one version of the catalogue.

    `ranking` holds [slug, rank, fit] of every place of the level asked: the ranked ones in their
    order, then those with too little data and those excluded, whose rank is null.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="matches",
        null=True,
        blank=True,
        db_index=False,  # `match_of_owner` begins with it
        verbose_name=_("owner"),
        help_text=_("Nobody: asked without signing in."),
    )
    profile = models.ForeignKey(
        StoredProfile,
        models.CASCADE,
        related_name="matches",
        null=True,
        blank=True,
        verbose_name=_("profile"),
        help_text=_("The kept profile that was asked about, where it was one."),
    )
    question = models.JSONField(_("question"), help_text=_("The body of POST /api/v1/matches/."))
    weights = models.JSONField(_("weights used"))
    ranking = models.JSONField(_("ranking"))
    engine_version = models.CharField(_("engine version"), max_length=20)
    catalogue_version = models.PositiveIntegerField(_("catalogue version"))
    snapshot = models.ForeignKey(
        StoredSnapshot,
        models.PROTECT,
        related_name="matches",
        verbose_name=_("snapshot"),
        help_text=_("Kept as long as a match was made with it."),
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["owner", "-created_at"], name="match_of_owner")]
        constraints = [
            # Both: in PostgreSQL a key of nothing is NULL, and a check that is NULL passes.
            models.CheckConstraint(
                condition=Q(question__has_key="profile", question__profile__has_key="sector"),
                name="match_names_a_sector",
            ),
            models.CheckConstraint(
                condition=Q(weights__has_keys=list(DIMENSIONS)), name="match_has_all_weights"
            ),
            models.CheckConstraint(
                condition=Q(catalogue_version__gte=1), name="match_of_a_loaded_catalogue"
            ),
            models.CheckConstraint(condition=~Q(engine_version=""), name="match_names_its_engine"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MatchJob(models.Model):
    """Many profiles that an organisation's system has matched in the background.

    Its state follows from the job that works on it and from `finished_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        related_name="+",
        db_index=False,  # `match_job_of_organisation` begins with it
        verbose_name=_("organisation"),
    )
    columns = models.JSONField(
        _("columns"), null=True, help_text=_("The header of a CSV file; none: the rows are JSON.")
    )
    options = models.JSONField(
        _("options"), default=dict, help_text=_("What every row asks that says nothing else.")
    )
    level = models.CharField(_("level"), max_length=8)
    limit = models.PositiveSmallIntegerField(_("places of each row"))
    rows_total = models.PositiveIntegerField(_("rows"))
    engine_version = models.CharField(_("engine version"), max_length=20)
    catalogue_version = models.PositiveIntegerField(_("catalogue version"))
    snapshot = models.ForeignKey(
        StoredSnapshot, models.PROTECT, related_name="+", verbose_name=_("snapshot")
    )
    work = models.ForeignKey(
        Job, models.PROTECT, related_name="+", verbose_name=_("the job that works on it")
    )
    created_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("match job")
        verbose_name_plural = _("match jobs")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="match_job_of_organisation")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MatchBlock(models.Model):
    """Some rows of a match job: as they were sent until they are matched, then what was found.

    Both are compressed JSON; see `matching.batch.packing`.
    """

    job = models.ForeignKey(
        MatchJob,
        models.CASCADE,
        related_name="blocks",
        db_index=False,  # the constraint begins with it
        verbose_name=_("match job"),
    )
    number = models.PositiveIntegerField(_("number"))
    rows = models.PositiveIntegerField(_("rows"))
    refused = models.PositiveIntegerField(_("rows refused"), null=True)
    asked = models.BinaryField(_("what was sent"), null=True)
    found = models.BinaryField(_("what was found"), null=True)

    class Meta:
        verbose_name = _("block of a match job")
        verbose_name_plural = _("blocks of match jobs")
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="match_block_once"),
            models.CheckConstraint(
                condition=Q(asked__isnull=False, found=None, refused=None)
                | Q(asked=None, found__isnull=False, refused__isnull=False),
                name="match_block_asked_or_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"
