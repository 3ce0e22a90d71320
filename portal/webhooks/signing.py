"""Secrets, and the signatures made with them (Standard Webhooks).

A secret is derived from a random salt and SECRET_KEY: the database alone opens nothing, and nobody
can read a secret again. With another SECRET_KEY all secrets are other ones.
"""

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings
from standardwebhooks import Webhook

from portal.webhooks.models import Endpoint


def new_salt() -> str:
    """What a new secret is made of."""
    return token_urlsafe(32)


def secret(salt: str) -> str:
    """The secret of `salt`, as its owner gets it: `whsec_` and 32 bytes in base64."""
    key = f"portal.webhooks {settings.SECRET_KEY}".encode()
    return "whsec_" + b64encode(hmac.new(key, salt.encode(), sha256).digest()).decode()


def headers(endpoint: Endpoint, message: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message, signed with every secret that has not expired."""
    former = endpoint.former_secrets.filter(until__gt=at).values_list("salt", flat=True)
    salts = [endpoint.salt, *former]
    signatures = [Webhook(secret(salt)).sign(message, at, body.decode()) for salt in salts]
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
