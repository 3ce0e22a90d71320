"""Requests that may safely come twice: an Idempotency-Key has one effect and one answer.

A request first claims its key, in a row of its own transaction, so that a second one sees that it
is in flight. Then the effect and the answer are written in one transaction: either both are there
or none. A process killed in between leaves a claim without an answer, which the next request takes
over after LEASE; were the first only slow, it finds its token gone, and its effect is undone.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.models import User
from portal.api.models import KeptAnswer
from portal.api.problems import FaultyState
from portal.api.renderers import FastJSONRenderer
from portal.api.versions import HEADER as CATALOGUE_VERSION
from portal.api.views import ApiView

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)  # after which a request without an answer counts as dead
RETRY_AFTER_S = 2
PURGE = "portal.api.purge"
# Refusals that tell of the moment, not of the request: with the same key it may be tried again.
OF_THE_MOMENT = frozenset({401, 403, 409, 412, 428, 429})

P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[Any, Request, P], Response]


@dataclass(frozen=True, slots=True)
class Seal:
    """How the body of a success is kept that holds what must not lie in the database."""

    close: Callable[[Any], Any]  # the body as it is kept
    open: Callable[[Any], Any]  # the body as it was told


_AS_IT_IS = Seal(close=lambda body: body, open=lambda body: body)


class InFlight(FaultyState):
    """A request with the same key is being worked on."""

    wait = RETRY_AFTER_S  # REST framework makes Retry-After of it

    def __init__(self) -> None:
        super().__init__(detail=gettext("A request with this Idempotency-Key is still in work."))


def idempotent(
    method: Method[P],
) -> Method[P]:
    """Makes a method of an ApiView heed Idempotency-Key; put it directly above the method.

    The method runs in a transaction, which its answer is kept in. The same key with the same
    method, address and body gets that answer again, for KEPT, marked by REPLAYED. Another request
    with the key is refused (422), as is one while the first is in flight (409, Retry-After).
    """
    return _once(method, lambda view, request: ())


def idempotent_sealed(seal: Seal) -> Callable[[Method[P]], Method[P]]:
    """As `idempotent`, for answers that are kept under a seal."""
    return lambda method: _once(method, lambda view, request: (), seal)


def idempotent_after(
    read: Callable[[Any, Request], T],
) -> Callable[[Callable[[Any, Request, T], Response]], Callable[[Any, Request], Response]]:
    """As `idempotent`; the method also gets what `read` makes of a long body.

    That runs before the transaction, so that nobody who writes waits for it.
    """
    return lambda method: _once(method, lambda view, request: (read(view, request),))


def _once(
    method: Callable[..., Response],
    read: Callable[[Any, Request], tuple[Any, ...]],
    seal: Seal = _AS_IT_IS,
) -> Callable[..., Response]:
    @wraps(method)
    def once(view: Any, request: Request, /, *args: Any, **kwargs: Any) -> Response:
        if (key := _key(request)) is None:
            return method(view, request, *read(view, request), *args, **kwargs)
        claim = _claim(_holder(request), key, _fingerprint(request))
        if claim.status is not None:
            return _replay(claim, seal)
        try:
            was_read = read(view, request)
            with transaction.atomic():
                answer = method(view, request, *was_read, *args, **kwargs)
                _keep(claim, answer, view, seal)
        except InFlight:
            raise
        except Exception as error:
            return _refuse(claim, error, view)
        return answer

    once.idempotent = True  # type: ignore[attr-defined]
    return once


def purge() -> None:
    """Deletes the answers that need not be kept any longer."""
    KeptAnswer.objects.filter(begun_at__lt=timezone.now() - KEPT).delete()


def forget(user: User, about: str = "") -> None:
    """Deletes every answer that is kept for a person, or those that tell of what has a key."""
    KeptAnswer.objects.filter(holder=_of_person(user), body__contains=about).delete()


def _key(request: Request) -> str | None:
    if (key := request.headers.get(HEADER)) is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        text = gettext("An Idempotency-Key has 1 to %(longest)d printable ASCII characters.")
        raise ParseError(text % {"longest": LONGEST_KEY})
    return key


def _holder(request: Request) -> str:
    if isinstance(request.user, User):
        return _of_person(request.user)
    token: Any = request.auth  # of an API client, which no person stands behind
    return f"client:{token.application_id}"


def _of_person(user: User) -> str:
    return f"user:{user.pk}"


def _fingerprint(request: Request) -> str:
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    _digest(request.data, digest.update)
    return digest.hexdigest()


def _digest(value: Any, update: Callable[[bytes], object]) -> None:
    """Feeds a body in one form: the order of keys and the spaces between them say nothing."""
    if isinstance(value, UploadedFile):
        for chunk in value.chunks():
            update(chunk)
        value.seek(0)
    elif isinstance(value, QueryDict):
        _digest(dict(value.lists()), update)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            update(json.dumps(name).encode() + b":")
            _digest(value[name], update)
        update(b"}")
    elif isinstance(value, list):
        for item in value:
            _digest(item, update)
        update(b"]")
    else:
        update(json.dumps(value).encode() + b",")


def _claim(holder: str, key: str, fingerprint: str) -> KeptAnswer:
    """The row of the key: ours to answer, or answered. Raises InFlight and FaultyState (422)."""
    claim, made = KeptAnswer.objects.get_or_create(
        holder=holder, key=key, defaults={"fingerprint": fingerprint}
    )
    if made:
        return claim
    if claim.begun_at < timezone.now() - KEPT:
        KeptAnswer.objects.filter(pk=claim.pk, token=claim.token).delete()
        return _claim(holder, key, fingerprint)
    if claim.fingerprint != fingerprint:
        text = gettext("This Idempotency-Key stands for another request.")
        raise FaultyState(detail=text, status=422)
    if claim.status is None:
        _take_over(claim)
    return claim


def _take_over(claim: KeptAnswer) -> None:
    now, token = timezone.now(), uuid.uuid4()
    if claim.begun_at > now - LEASE or not _ours(claim).update(token=token, begun_at=now):
        raise InFlight
    claim.token = token


def _ours(claim: KeptAnswer) -> Any:
    return KeptAnswer.objects.filter(pk=claim.pk, token=claim.token, status=None)


def _keep(claim: KeptAnswer, answer: Response, view: ApiView, seal: Seal = _AS_IT_IS) -> None:
    """Writes the answer into the claim; raises InFlight where another request has taken it over."""
    headers = {name: each for name, each in answer.headers.items() if name != "Content-Type"}
    headers |= {"Content-Language": get_language() or ""}
    headers |= {CATALOGUE_VERSION: str(view.catalogue_version)}
    if answer.content_type is not None:
        headers |= {"Content-Type": answer.content_type}
    body = (
        "" if answer.data is None else FastJSONRenderer().render(seal.close(answer.data)).decode()
    )
    if not _ours(claim).update(status=answer.status_code, headers=headers, body=body):
        raise InFlight


def _refuse(claim: KeptAnswer, error: Exception, view: ApiView) -> Response:
    """The answer to `error`, kept where it would stay the same; a server's error is raised."""
    try:
        refusal = view.handle_exception(error)
    except Exception:
        _ours(claim).delete()
        raise
    if refusal.status_code in OF_THE_MOMENT or refusal.status_code >= 500:
        _ours(claim).delete()
    else:
        _keep(claim, refusal, view)
    return refusal


def _replay(kept: KeptAnswer, seal: Seal) -> Response:
    headers = {**kept.headers, REPLAYED: "true"}
    content_type = headers.pop("Content-Type", None)
    body = json.loads(kept.body) if kept.body else None
    if body is not None and kept.status is not None and kept.status < 400:
        body = seal.open(body)
    return Response(body, status=kept.status, headers=headers, content_type=content_type)
