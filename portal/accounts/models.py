"""Users, the organisations they act for, and their roles there."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their e-mail address alone."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user with `email` and `password`; without a password nobody can sign in."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None) -> "User":
        """A user of the operator's technical staff, with every permission of the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case_unique")]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """A body whose members act on the portal: a prefecture, a province, a park's operator ..."""

    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", _("Japanese prefecture or city")
        PROVINCE = "vietnamese-province", _("Vietnamese province")
        SUPPORT = "support-organisation", _("Support organisation")
        PARK_OPERATOR = "park-operator", _("Park operator")
        OPERATOR = "operator", _("Operator of this portal")

    key = models.SlugField(primary_key=True, max_length=80)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    name_ja = models.CharField(_("name in Japanese"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=160, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="organisations", verbose_name=_("members")
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="operator"),
                name="organisation_one_operator",
            )
        ]

    def __str__(self) -> str:
        return self.name_en


class Membership(models.Model):
    """What a user may do in an organisation; each role includes the ones before it."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        EDITOR = "editor", _("Editor")
        REVIEWER = "reviewer", _("Reviewer")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="membership_once_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Invitation(models.Model):
    """An administrator's word that whoever reads mail at an address may join an organisation.

    The link holds a secret of which only the digest is kept.
    """

    email = models.EmailField(_("e-mail address"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    role = models.CharField(_("role"), max_length=16, choices=Membership.Role)
    digest = models.CharField(_("digest of the secret"), max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    ended_at = models.DateTimeField(_("accepted or taken back"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.role}"


class Scope(models.TextChoices):
    """What an API client may be let do."""

    MATCH = "match", _("Single matches")
    BATCH = "match:batch", _("Matches of many profiles at once")
    CHANGESET = "changeset:propose", _("Draft and propose changes to the catalogue")
    WEBHOOK = "webhook", _("Be told of changes by webhook")


class ApiClient(AbstractApplication, models.Model):  # type: ignore[misc]  # has no types
    """Another system that uses the API, for an organisation."""

    user = client_secret = hash_client_secret = None  # see `organisation` and `ClientSecret`

    name = models.CharField(_("name"), max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_clients")
    scopes = models.JSONField(_("scopes"), default=list)
    made_by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True)
    secret_makers: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="+", help_text=_("Kept when their secrets have ended.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def scope_labels(self) -> list[str]:
        """What it may do, in words."""
        return [str(Scope(scope).label) for scope in self.scopes]

    def is_usable(self, request: object = None) -> bool:
        """Whether it gets tokens, and what it has got is still good."""
        return self.revoked_at is None and self.organisation.is_active


class ClientSecret(models.Model):
    """A secret of an API client, of which only the digest is kept.

    It is random and long, so a plain digest is enough, and cheap to check.
    """

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="secrets")
    digest = models.CharField(_("digest of the secret"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("secret of an API client")
        verbose_name_plural = _("secrets of API clients")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.created_at:%Y-%m-%d}"


class ClientUse(models.Model):
    """How many requests an API client made on one day."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="use")
    day = models.DateField(_("day"))
    requests = models.PositiveIntegerField(_("requests"), default=0)

    class Meta:
        verbose_name = _("use of an API client")
        verbose_name_plural = _("use of API clients")
        constraints = [
            models.UniqueConstraint(fields=["client", "day"], name="client_use_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.client_id}, {self.day}: {self.requests}"
