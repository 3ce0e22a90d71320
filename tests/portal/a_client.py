"""Makes an API client of a bank in the portal that the environment names, and prints its secret."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django


def main() -> None:
    """Prints the client's name and its secret."""
    django.setup()
    from portal.accounts import clients
    from portal.accounts.models import Membership, Organisation, Scope, User

    kind = Organisation.Kind.SUPPORT
    bank = Organisation.objects.create(key="a-bank", kind=kind, name_ja="銀行", name_en="Bank")
    person = User.objects.create_user("bank@example.jp")
    role = Membership.Role.ADMINISTRATOR
    Membership.objects.create(user=person, organisation=bank, role=role)
    client, secret = clients.make(person, bank, "Credit desk", [Scope.BATCH])
    print(client.client_id, secret)  # noqa: T201


if __name__ == "__main__":
    main()
