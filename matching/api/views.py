"""One profile in, ranked places out."""

from hashlib import sha256

from django.core.cache import BaseCache, caches
from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from oauth2_provider.models import AccessToken
from rest_framework.request import Request

from matching import matchmaking, snapshot
from matching.api.rendering import render
from matching.api.serializers import AnswerSerializer
from matching.questions import Question, QuestionSerializer, read_question
from matching.snapshot import Snapshot
from portal.api.clients import scoped
from portal.api.renderers import FastJSONRenderer
from portal.api.views import PublicView

LARGEST_KEPT = 300_000  # bytes of an answer


PLACES_AT_ONE_COST = 50  # in full detail, of a stranger


class MatchesView(PublicView):
    """Matches: asked and answered, nothing stored."""

    permission_classes = (scoped("match", open_to_all=True),)
    throttle_scope = "match"

    @cached_property
    def known(self) -> Snapshot:
        """What is known today."""
        return snapshot.current()

    @property
    def catalogue_version(self) -> int:
        """The version that the answer is made from."""
        return self.known.version

    @extend_schema(
        operation_id="matches_create",
        request=QuestionSerializer,
        responses={200: OpenApiResponse(AnswerSerializer)},
    )
    def post(self, request: Request) -> HttpResponse:
        """Ranks Vietnam's provinces, or its industrial parks, for one firm."""
        question = read_question(request.data, snapshot=self.known)
        key = _key(question, self.known, request)
        content: bytes | None = _kept().get(key)
        if content is None:
            full = question.detail == "full"
            if full and not isinstance(request.auth, AccessToken):
                facts = self.known.facts
                places = facts.parks if question.level == "park" else facts.provinces
                self.charge(request, min(question.limit, places) // PLACES_AT_ONE_COST)
            answer = matchmaking.answer(question, snapshot=self.known, language=_language())
            body = render(answer, full=full, absolute=request.build_absolute_uri)
            content = FastJSONRenderer().render(body)
            if len(content) <= LARGEST_KEPT:
                _kept().set(key, content)
        return HttpResponse(content, content_type=FastJSONRenderer.media_type)


def _language() -> str:
    return get_language() or "ja"


def _kept() -> BaseCache:
    """Answers that this process gave lately; in its memory alone, since they tell of firms."""
    return caches["answers"]


def _key(question: Question, known: Snapshot, request: Request) -> str:
    """What an answer depends on: the question, the catalogue, the language, the site's address."""
    asked = sha256(repr(question).encode()).hexdigest()
    return f"{known.version}/{_language()}/{request.build_absolute_uri('/')}/{asked}"
