"""How form fields are shown."""

from django import template

register = template.Library()


@register.filter
def is_group(label: object) -> bool:
    """Whether what stands beside a choice is a list of choices of its own."""
    return isinstance(label, list | tuple)
