"""Reads settings from the environment, and fails loud when one is wrong."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_WEB = ("http", "https")
_WEB = ("http", "https")
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable NAME, or the content of the file that NAME_FILE names, or `default`."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {error}") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """The variable NAME as yes or no; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default)).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; allowed: true or false")


def number(name: str, default: int) -> int:
    """The variable NAME as a whole number; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; a whole number is needed") from error


def site(name: str, default: str) -> str:
    """The variable NAME as the address of a site; raises ImproperlyConfigured for anything else."""
    value = text(name) or default
    parts = urlsplit(value.rstrip("/"))
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in _WEB or not parts.hostname or parts.geturl() != bare:
        raise ImproperlyConfigured(f"{name} is {value!r}; such as https://portal.example is needed")
    return parts.geturl()


def words(name: str, default: str = "") -> list[str]:
    """The variable NAME as a list, split at commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def kept_secret(path: Path) -> str:
    """The secret kept in the file at `path`, made on first use and readable by its owner only."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        secret = secrets.token_urlsafe(50)
        path.touch(mode=0o600)
        path.write_text(secret, encoding="ascii")
        return secret
