"""The language of an API answer: `?lang=`, else Accept-Language, else the portal's own."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from portal.api.problems import is_api

PARAMETER = "lang"


def languages() -> tuple[str, ...]:
    """The codes of the languages that the portal speaks."""
    return tuple(code for code, _name in settings.LANGUAGES)


def reader_language(request: HttpRequest) -> str:
    """The language that the request asks for; cookies and sessions have no say."""
    if (asked := _asked(request)) in languages():
        return asked
    return accepted_language(request.headers.get("Accept-Language", ""))


def accepted_language(header: str) -> str:
    """The best of our languages for an Accept-Language header.

    A language with quality 0 is refused (RFC 9110 section 12.4.2): it is spoken only where every
    one of ours is.
    """
    wishes = parse_accept_lang_header(header)
    refused = {code for code, quality in wishes if quality <= 0}
    ours = dict.fromkeys((settings.LANGUAGE_CODE, *languages()))
    left = [code for code in ours if code not in refused] or [settings.LANGUAGE_CODE]
    for code, quality in wishes:
        if code == "*" or quality <= 0:
            break
        if (base := code.split("-")[0]) in left:
            return base
    return left[0]


def _asked(request: HttpRequest) -> str:
    try:
        return request.GET.get(PARAMETER, "")
    except SuspiciousOperation:  # too many parameters: the view refuses them, in a language
        return ""


class ApiLanguageMiddleware:
    """Makes every answer under /api/, errors too, speak the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the headers that tell its language."""
        if not is_api(request):
            return self.get_response(request)
        language = reader_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response
