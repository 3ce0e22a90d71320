"""Answers compressed on their way out, all but those with an ETag."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Django's gzip, which pads every answer by a random length against BREACH.

    The padding makes each answer's bytes its own, so that an ETag over them could only be weak, and
    Django makes it weak. The API promises strong ones: an answer that has one goes out as it is.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, compressed where the reader takes gzip and it pays."""
        if response.has_header("ETag"):
            return response
        return super().process_response(request, response)
