"""Who joins an organisation, who lets them, and who stays."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from localities.models import Catalogue, Stewardship
from portal.accounts import demonstration
from portal.accounts.leaving import leave
from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.management.commands.serve import _demonstration
from tests.localities.people import member, operator, organisation
from tests.portal.signing import (
    PASSWORD,
    account,
    confirmed,
    link_in_mail,
    said,
    sign_in,
    signed_in,
    with_app,
)

pytestmark = pytest.mark.django_db
PEOPLE = "/en/organisations/hyogo/people/"


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    cache.clear()


@pytest.fixture
def administrator() -> Client:
    """The browser of an administrator of Hyogo, second factor and all."""
    return signed_in(with_app(confirmed(member("boss", "administrator", organisation("hyogo")))))


@pytest.fixture
def link(
    administrator: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> str:
    """The address in the mail that invites mai@example.org to edit."""
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(PEOPLE, {"email": "Mai@Example.org", "role": "editor"})
    assert [sent.to for sent in mail.outbox] == [["mai@example.org"]]
    return link_in_mail()


def _roles() -> dict[str, str]:
    return dict(Membership.objects.filter(organisation="hyogo").values_list("user__email", "role"))


def test_the_invited_person_signs_up_and_has_the_role(link: str) -> None:
    client = Client()
    assert "Hyogo invites mai@example.org to join as: Editor." in said(client.get(link))
    client.post("/en/account/signup/", {"email": "mai@example.org", "password1": PASSWORD})
    client.get(link_in_mail())
    client.post(link_in_mail())
    signed = sign_in(client, User.objects.get(email="mai@example.org"))
    assert signed.redirect_chain[-1][0] == link  # back at the invitation
    answer = client.post(link, follow=True)
    assert "You are a member now." in said(answer)
    assert _roles() == {"boss@example.org": "administrator", "mai@example.org": "editor"}


def test_a_person_with_another_address_does_not_get_in(link: str) -> None:
    client = signed_in(account("somebody"))
    answer = client.post(link)
    assert answer.status_code == 410
    assert "This invitation is for another e-mail address." in said(answer)
    assert _roles() == {"boss@example.org": "administrator"}
    assert Invitation.objects.get().ended_at is None  # it still waits for the right one


def test_an_address_that_nobody_confirmed_does_not_count(link: str) -> None:
    client = signed_in(account("somebody"))
    user = User.objects.get(email="somebody@example.org")
    user.emailaddress_set.create(email="mai@example.org", verified=False)  # type: ignore[attr-defined]
    assert client.post(link).status_code == 410
    assert _roles() == {"boss@example.org": "administrator"}


def test_an_invitation_is_used_once(link: str) -> None:
    client = signed_in(account("mai"))
    client.post(link)
    Membership.objects.filter(user__email="mai@example.org").delete()
    answer = client.post(link)
    assert (answer.status_code, _roles()) == (410, {"boss@example.org": "administrator"})
    assert "This invitation is no longer valid." in said(answer)


def test_an_invitation_ends_after_two_weeks(link: str) -> None:
    client = signed_in(account("mai"))
    assert client.get(link).status_code == 200
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)
    assert _roles() == {"boss@example.org": "administrator"}


def test_an_invitation_that_was_taken_back_opens_nothing(administrator: Client, link: str) -> None:
    invitation = Invitation.objects.get()
    administrator.post(f"/en/organisations/hyogo/invitations/{invitation.pk}/")
    client = signed_in(account("mai"))
    assert client.post(link).status_code == 410
    assert _roles() == {"boss@example.org": "administrator"}


def test_a_second_invitation_replaces_the_first(administrator: Client, link: str) -> None:
    administrator.post(PEOPLE, {"email": "mai@example.org", "role": "reviewer"})
    assert signed_in(account("mai")).post(link).status_code == 410
    assert Invitation.objects.filter(ended_at=None).count() == 1


def test_the_secret_of_an_invitation_is_not_stored(link: str) -> None:
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(list(Invitation.objects.values()))


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer"])
def test_only_administrators_manage_people(role: str, link: str) -> None:
    invitation = Invitation.objects.get()
    of = Organisation.objects.get(key="hyogo")
    boss = Membership.objects.get(organisation=of)
    client = signed_in(with_app(confirmed(member("other", role, of))))
    for answer in (
        client.get(PEOPLE),
        client.post(PEOPLE, {"email": "friend@example.org", "role": "editor"}),
        client.post(f"{PEOPLE}{boss.pk}/", {"role": ""}),
        client.post(f"/en/organisations/hyogo/invitations/{invitation.pk}/"),
    ):
        assert answer.status_code == 403
        assert "mai@example.org" not in said(answer)
    assert _roles() == {"boss@example.org": "administrator", "other@example.org": role}
    assert Invitation.objects.get().ended_at is None


def test_an_administrator_of_another_organisation_manages_nobody_here(
    link: str,
) -> None:
    other = with_app(confirmed(member("other", "administrator", organisation("osaka"))))
    client = signed_in(other)
    boss = Membership.objects.get(organisation="hyogo")
    invitation = Invitation.objects.get()
    assert client.get(PEOPLE).status_code == 403
    assert client.post(f"{PEOPLE}{boss.pk}/", {"role": "viewer"}).status_code == 403
    # Not through the addresses of their own organisation either.
    own = f"/en/organisations/osaka/people/{boss.pk}/"
    assert client.post(own, {"role": "viewer"}).status_code == 404
    address = f"/en/organisations/osaka/invitations/{invitation.pk}/"
    assert client.post(address).status_code == 404
    assert _roles() == {"boss@example.org": "administrator"}


def test_the_operators_administrator_manages_people_everywhere() -> None:
    organisation("hyogo")
    client = signed_in(with_app(confirmed(member("chief", "administrator", operator()))))
    assert client.get(PEOPLE).status_code == 200


def test_roles_change_and_the_last_administrator_stays(administrator: Client) -> None:
    of = Organisation.objects.get(key="hyogo")
    second = member("second", "editor", of).memberships.get()
    boss = Membership.objects.get(user__email="boss@example.org")
    for form in ({"role": "editor"}, {"role": ""}):
        answer = administrator.post(f"{PEOPLE}{boss.pk}/", form, follow=True)
        assert "An organisation keeps at least one administrator." in said(answer)
    administrator.post(f"{PEOPLE}{second.pk}/", {"role": "king"})
    assert _roles() == {"boss@example.org": "administrator", "second@example.org": "editor"}
    administrator.post(f"{PEOPLE}{second.pk}/", {"role": "administrator"})
    administrator.post(f"{PEOPLE}{boss.pk}/", {"role": ""})
    assert _roles() == {"second@example.org": "administrator"}
    assert administrator.get(PEOPLE).status_code == 403


@pytest.mark.parametrize("role", ["editor", ""])
def test_an_invitation_is_as_good_as_who_sent_it(
    administrator: Client, link: str, role: str
) -> None:
    member("second", "administrator", Organisation.objects.get(key="hyogo"))
    boss = Membership.objects.get(user__email="boss@example.org")
    client = signed_in(account("mai"))
    assert client.get(link).status_code == 200
    administrator.post(f"{PEOPLE}{boss.pk}/", {"role": role})
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)
    assert "mai@example.org" not in _roles()


def test_the_list_marks_an_invitation_whose_sender_may_no_longer_invite(
    administrator: Client, link: str
) -> None:
    hyogo = Organisation.objects.get(key="hyogo")
    second = signed_in(with_app(confirmed(member("second", "administrator", hyogo))))
    second.post(PEOPLE, {"email": "lan@example.org", "role": "viewer"})
    day = (timezone.localdate() + timedelta(days=14)).isoformat()
    lan, mai = f"lan@example.org · Viewer · valid until {day}", "mai@example.org · Editor ·"
    assert f"Not answered yet {lan} Take back {mai} valid until {day} Take back" in said(
        second.get(PEOPLE)
    )
    Membership.objects.filter(user__email="boss@example.org").update(role="editor")
    lost = "not valid Who sent it may no longer invite. Send a new one."
    assert f"Not answered yet {lan} Take back {mai} {lost} Take back" in said(second.get(PEOPLE))


def test_an_invitation_ends_with_the_account_of_who_sent_it(
    administrator: Client, link: str
) -> None:
    member("second", "administrator", Organisation.objects.get(key="hyogo"))
    leave(User.objects.get(email="boss@example.org"))
    assert Client().get(link).status_code == 410


def test_roles_of_a_closed_organisation_open_nothing(administrator: Client) -> None:
    Organisation.objects.filter(key="hyogo").update(is_active=False)
    assert administrator.get(PEOPLE).status_code == 403


def test_an_invitation_to_a_closed_organisation_rests(link: str) -> None:
    client = signed_in(account("mai"))
    Organisation.objects.filter(key="hyogo").update(is_active=False)
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)
    Organisation.objects.filter(key="hyogo").update(is_active=True)
    assert client.get(link).status_code == 200


# --- accounts to try ----------------------------------------------------------------------------
def test_demonstration_accounts_are_new_at_every_start() -> None:
    first, second = demonstration.renew(), demonstration.renew()
    assert [each.email for each in first] == [each.email for each in second]
    for before, now in zip(first, second, strict=True):
        user = User.objects.get(email=now.email)
        assert user.check_password(now.password)
        assert not user.check_password(before.password)
        assert before.secret is None or before.secret != now.secret


def test_a_demonstration_account_signs_in(client: Client) -> None:
    company = demonstration.renew()[-1]
    user = User.objects.get(email=company.email)
    assert "Your account" in said(sign_in(client, user, password=company.password))


def test_demonstration_accounts_are_for_the_embedded_portal_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with override_settings(HTTPS=True):
        assert _demonstration() == ""
    monkeypatch.setattr(type(connections["default"]), "vendor", "postgresql")
    assert _demonstration() == ""
    assert not User.objects.exists()
    assert not Stewardship.objects.exists()
    monkeypatch.setattr(type(connections["default"]), "vendor", "sqlite")
    monkeypatch.setenv("DEMO_ACCOUNTS", "false")
    assert _demonstration() == ""
    monkeypatch.setenv("DEMO_ACCOUNTS", "true")
    assert len(re.findall(r"@demo\.localhost", _demonstration())) == 7
    assert [
        (one.organisation_id, one.province_id, one.park_id, one.record_kind)
        for one in Stewardship.objects.order_by("key")
    ] == [
        ("demo-park", None, "long-duc", None),
        ("demo-province", "dong-nai", None, None),
        ("demo-prefecture", "dong-nai", None, "industrial-park"),
    ]
    version = Catalogue.objects.get().version
    Stewardship.objects.update(is_active=False)
    _demonstration()  # what an administrator ended stays ended
    assert not Stewardship.objects.filter(is_active=True).exists()
    assert Catalogue.objects.get().version == version


def test_demonstration_accounts_end_where_a_real_operator_works() -> None:
    operator()
    assert demonstration.renew() == []
    assert not User.objects.exists()


# --- the first organisation ---------------------------------------------------------------------
def _found(**options: str) -> None:
    call_command(
        "found_operator",
        email="chief@example.org",
        site="https://portal.example/",
        language="en",
        stdout=StringIO(),
        **options,
    )


def test_the_command_line_invites_the_operators_administrator(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _found(name_en="Desk of Hyogo")
    assert "https://portal.example/en/invitations/" in str(mail.outbox[0].body)
    client = signed_in(account("chief"))
    client.post(link_in_mail())
    made = Membership.objects.get()
    assert (made.organisation.kind, made.organisation.name_en) == ("operator", "Desk of Hyogo")
    assert (made.user.email, made.role) == ("chief@example.org", "administrator")


def test_an_operator_with_an_administrator_is_not_taken_over() -> None:
    member("boss", "administrator", operator())
    with pytest.raises(CommandError, match="has an administrator"):
        _found()
    assert not Invitation.objects.exists()


def test_a_wrong_address_founds_nothing() -> None:
    with pytest.raises(CommandError):
        call_command("found_operator", email="nobody", site="https://portal.example")
    assert not Organisation.objects.exists()


def test_a_superuser_of_the_command_line_enters_the_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="root@example.org", interactive=False, stdout=StringIO())
    user, client = User.objects.get(), Client()
    sign_in(client, user)
    client.post(link_in_mail())  # the address is confirmed
    assert signed_in(with_app(user)).get("/admin/").status_code == 200
