"""The one settings file; what differs between machines comes from the environment.

Without any variable it is the embedded portal: SQLite, local files, a queue without a server.
DATABASE_URL, CELERY_BROKER_URL and CACHE_URL put PostgreSQL, RabbitMQ or Redis, and Redis in place.
"""

import logging
from pathlib import Path

import dj_database_url
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("TSUNAGARI_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or env.kept_secret(VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
RELEASE = "0.2.0"
# Where others reach the portal, for what is sent out and has no request to complete a path with.
SITE = env.site("SITE", f"http://{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}")

INSTALLED_APPS = [
    "portal.accounts.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "csp",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "oauth2_provider",
    "portal.apps.PortalConfig",
    "portal.accounts.apps.AccountsConfig",
    "portal.jobs.apps.JobsConfig",
    "portal.webhooks.apps.WebhooksConfig",
    "portal.api.apps.ApiConfig",
    "localities.apps.LocalitiesConfig",
    "matching.apps.MatchingConfig",
]

MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.api.browsers.AnyOriginMiddleware",
    "portal.api.versions.CatalogueVersionMiddleware",
    "portal.middleware.ReadableRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # compresses its files once, when collected
    "portal.compression.CompressionMiddleware",
    "portal.middleware.LoggingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.api.language.ApiLanguageMiddleware",
    "portal.middleware.KnownLengthMiddleware",
    "portal.middleware.PlainBodyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.BoundedFormMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- data -------------------------------------------------------------------------------------
_SQLITE_URL = f"sqlite:///{VAR_DIR / 'tsunagari.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL", _SQLITE_URL))}
_ENGINE = DATABASES["default"]["ENGINE"]
if _ENGINE == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN, never fails half-way
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = (
        None  # one a thread: opening it took most of a 304's time
    )
elif _ENGINE == "django.db.backends.postgresql":
    _pool = {"min_size": 1, "max_size": env.number("DATABASE_POOL_SIZE", 8), "timeout": 10}
    DATABASES["default"]["OPTIONS"] = {"pool": _pool}  # one in each web process
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # the pool keeps connections, not Django
else:
    raise ImproperlyConfigured("DATABASE_URL names neither sqlite nor postgresql")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

_CACHE_URL = env.text("CACHE_URL")
_PATIENCE: dict[str, object] = {"socket_connect_timeout": 1, "socket_timeout": 1}
_SHARED = {
    "BACKEND": "portal.cache.ForgivingRedisCache",
    "LOCATION": _CACHE_URL,
    "OPTIONS": _PATIENCE,
}
_OF_A_PROCESS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 20_000},  # every record that the API shows
}
_OF_A_MACHINE = {
    "BACKEND": "portal.cache.FileCache",
    "LOCATION": str(VAR_DIR / "cache.sqlite3"),
}
_SPARED = {**_SHARED, "OPTIONS": {**_PATIENCE, "spare": _OF_A_MACHINE["LOCATION"]}}
CACHES = {
    "default": _SPARED if _CACHE_URL else _OF_A_MACHINE,  # small values: counters of limits
    "kept": _SHARED if _CACHE_URL else _OF_A_PROCESS,  # what is made once a catalogue version
    "answers": {  # of matches: 30 MB at most in each process
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "answers",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}

# --- jobs -------------------------------------------------------------------------------------
# Every job is a row (portal.jobs), so messages may get lost, and results are not kept by Celery.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    _MESSAGES_DIR = VAR_DIR / "queue" / "messages"
    _MESSAGES_DIR.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(_MESSAGES_DIR),
        "data_folder_out": str(_MESSAGES_DIR),
        "polling_interval": 0.5,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds that a request waits for a broker that is down
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_DEFAULT_QUEUE = JOBS_QUEUE = env.text("CELERY_QUEUE", "tsunagari")
CALLS_QUEUE = f"{JOBS_QUEUE}-calls"  # jobs that wait on machines that are not ours
CELERY_TASK_QUEUES = {
    name: {"exchange": name, "routing_key": name} for name in (JOBS_QUEUE, CALLS_QUEUE)
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 3600 + 60
CELERY_TASK_SOFT_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # the row knows who has it
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # nobody asks; it would only keep more files
JOBS_HEARTBEAT_S = env.number("JOBS_HEARTBEAT_S", 10)
JOBS_DEAD_AFTER_S = env.number("JOBS_DEAD_AFTER_S", 60)  # without a heartbeat
JOBS_RESEND_AFTER_S = env.number(
    "JOBS_RESEND_AFTER_S", 60 if CELERY_BROKER_URL.startswith("filesystem") else 300
)
JOBS_SWEEP_EVERY_S = env.number("JOBS_SWEEP_EVERY_S", 60)
JOBS_SWEEP_LIMIT = 1000  # jobs sent again by one sweep
JOBS_MAX_ATTEMPTS = 5  # workers that may die over a job

# --- logs -------------------------------------------------------------------------------------
# One line for each request, as JSON for a collector or in columns for a terminal.
_RENDERER: structlog.typing.Processor = (
    structlog.processors.JSONRenderer(ensure_ascii=False)
    if env.flag("LOG_JSON", env.flag("HTTPS"))
    else structlog.dev.ConsoleRenderer(colors=False)
)
_LOG_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDERER],
            "foreign_pre_chain": _LOG_PROCESSORS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "CRITICAL"},  # django_structlog says it, with the request's id
        "django.security.csrf": {"level": "CRITICAL"},  # the same, without tokens in an address
        "celery": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # RequestIdMiddleware has looked at it
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # reading it would cost every request two queries
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # personal data, and any client can forge it
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "portal.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "portal.accounts.passwords.NotCommon"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_ADAPTER = "portal.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.signing_in.LoginForm",
    "signup": "portal.accounts.signing_in.SignupForm",
    "add_email": "portal.accounts.signing_in.AddEmailForm",
    "change_password": "portal.accounts.signing_in.ChangePasswordForm",
    "set_password": "portal.accounts.signing_in.SetPasswordForm",
    "reset_password": "portal.accounts.signing_in.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.signing_in.ResetPasswordKeyForm",
    "reauthenticate": "portal.accounts.signing_in.ReauthenticateForm",
}
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail about each change of how one signs in
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.flag("HTTPS") else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXIES", 0)
MFA_ADAPTER = "portal.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.signing_in.AuthenticateForm",
    "reauthenticate": "portal.accounts.signing_in.ReauthenticateByCodeForm",
    "activate_totp": "portal.accounts.signing_in.SetUpAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tsunagari"
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"
OAUTH2_PROVIDER = {
    # Client credentials and nothing else: a token is for an organisation's system, not a person.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "portal.accounts.oauth.ClientValidator",
    "SCOPES_BACKEND_CLASS": "portal.accounts.oauth.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": env.number("API_TOKEN_S", 3600),
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # of a token only the digest is kept
}
# Without a mail server mails become files: nothing that was written is lost, and one can read it.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = bool(EMAIL_HOST)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Tsunagari <portal@localhost>")

# --- languages --------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English")), ("vi", _("Vietnamese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "portal.formats"
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# --- static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- safety -----------------------------------------------------------------------------------
# Behind TLS (HTTPS=true) cookies are secure and HSTS is on. The embedded portal speaks plain http
# on the loopback address, where neither would work.
HTTPS = env.flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = False  # the load balancer's task; an API refuses http, it never redirects
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # SECURE_SSL_REDIRECT, see above
X_FRAME_OPTIONS = "DENY"
# Whether the portal may call machines that are not on the open internet: in a closed network.
OUTBOUND_PRIVATE = env.flag("OUTBOUND_PRIVATE")
# Whether the addresses of sources are looked at each night; who asks is told to those asked.
LINK_CHECKS = env.flag("LINK_CHECKS")
LINK_CHECKS_A_NIGHT = env.number("LINK_CHECKS_A_NIGHT", 200)
LINK_CHECK_PAUSE_S = env.number("LINK_CHECK_PAUSE_S", 5)  # between two calls on one host
LINK_CHECK_CONTACT = env.text("LINK_CHECK_CONTACT")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a form or a JSON body
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LONGEST_FORM = 11_000_000  # bytes of a page's form with its file
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}


# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.Operation",
    "DEFAULT_RENDERER_CLASSES": ["portal.api.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttles.WindowThrottle"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.paging.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "portal.api.handler.handle",
    "NUM_PROXIES": env.number("PROXIES", 0),  # how many add to X-Forwarded-For before us
    "STRICT_JSON": True,  # no answer holds NaN
}
API_CATALOGUE_VERSION = "localities.queries.catalogue.version"
API_RATES = {  # per address or signed-in person; scopes are named by views
    "read": env.text("API_RATE_READ", "1200/minute"),
    "match": env.text("API_RATE_MATCH", "300/minute"),
    "token": env.text("API_RATE_TOKEN", "60/minute"),
    "dump": env.text("API_RATE_DUMP", "30/minute"),
    "call": env.text("API_RATE_CALL", "10/minute"),
}
API_CLIENT_RATES = {  # per API client, whatever addresses it comes from
    "read": env.text("API_RATE_CLIENT_READ", "6000/minute"),
    "match": env.text("API_RATE_CLIENT_MATCH", "1200/minute"),
    "dump": API_RATES["dump"],
    "batch": env.text("API_RATE_CLIENT_BATCH", "60/hour"),
    "call": env.text("API_RATE_CLIENT_CALL", "10/minute"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tsunagari",
    "DESCRIPTION": "Which province and industrial park of Vietnam fits a Japanese manufacturer.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DEFAULT_GENERATOR_CLASS": "portal.api.schema.EnglishGenerator",
    "WEBHOOKS": "portal.webhooks.messages.WEBHOOKS",
    "POSTPROCESSING_HOOKS": [
        "portal.webhooks.messages.complete",
        "portal.api.schema.describe_problems",
        "portal.api.schema.forget_columns",
        "portal.api.schema.tidy",
        "portal.api.links.add_links",
        "portal.api.response_headers.describe_headers",
    ],
}
