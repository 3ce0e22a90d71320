"""The portal's own settings, with what would slow tests down or make them trip taken out."""

import os
from pathlib import Path

os.environ.setdefault("TSUNAGARI_VAR", str(Path(__file__).parent.parent / "var" / "tests"))
os.environ.setdefault(
    "SECRET_KEY", "a secret that is only good for tests, and long enough for them"
)

from portal.settings import *  # noqa: F403
from portal.settings import CACHES, INSTALLED_APPS, LOGGING, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
INSTALLED_APPS += ["django_migration_linter"]
API_RATES: dict[str, str] = {}
API_CLIENT_RATES: dict[str, str] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING["root"]["level"] = "CRITICAL"  # type: ignore[index]
CACHES["default"] = CACHES["kept"]  # cleared before each test
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
