"""Addresses as pages link them: the same page in another language, the same list elsewhere."""

from typing import Any

from django import template
from django.template import Context
from django.urls import translate_url
from django.utils.translation import get_language

LONGEST_ADDRESS = 8000  # what is longer was typed by no reader, and would come back three times

register = template.Library()


@register.simple_tag(takes_context=True)
def address_in(context: Context, language: str) -> str:
    """This page, with its query, in another language; else the front page in it."""
    request = context.get("request")
    if request is None:
        return f"/{language}/"
    here = request.get_full_path()
    if len(here) > LONGEST_ADDRESS:
        return f"/{language}/"
    there = translate_url(here, language)
    return there if there != here or language == get_language() else f"/{language}/"


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """The query string of this page with `changes`; None takes a parameter out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.filter
def starts_with(text: str | None, start: str) -> bool:
    """Whether `text` begins with `start`; a page without a request has no address to compare."""
    return text is not None and text.startswith(start)
