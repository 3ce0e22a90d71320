"""One profile in, ranked places out."""

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matching import matchmaking, snapshot
from matching.api.rendering import render
from matching.api.serializers import AnswerSerializer
from matching.questions import QuestionSerializer, read_question
from portal.api.clients import scoped
from portal.api.views import PublicView


class MatchesView(PublicView):
    """Matches: asked and answered, nothing stored."""

    permission_classes = (scoped("match", open_to_all=True),)
    throttle_scope = "match"

    @extend_schema(
        operation_id="matches_create",
        request=QuestionSerializer,
        responses={200: OpenApiResponse(AnswerSerializer)},
    )
    def post(self, request: Request) -> Response:
        """Ranks Vietnam's provinces, or its industrial parks, for one firm."""
        known = snapshot.current()
        question = read_question(request.data, snapshot=known)
        answer = matchmaking.answer(question, snapshot=known, language=get_language() or "ja")
        full = question.detail == "full"
        return Response(render(answer, full=full, absolute=request.build_absolute_uri))
