"""All settings, read from the environment (or a `.env` beside manage.py); nonsense is refused.

Names of the environment variables are a public contract: docs/configuration.md lists them.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


def _text(name: str, default: str = "") -> str:
    """What is set; a name that is set to nothing is not set."""
    return str(env.str(name, default="")).strip() or default


def _required(name: str, hint: str) -> str:
    value = _text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is missing from the environment: {hint}")
    return value


def _base_url(name: str, default: str) -> str:
    """An http(s) base address without a trailing slash; it may carry a path."""
    value = _text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ImproperlyConfigured(f"{name} must be an http(s) address, not {value!r}")
    return value


def _fernet_keys(value: str) -> list[str]:
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                "TOKEN_KEYS must hold Fernet keys (32 bytes, url-safe base64), newest first"
            ) from error
    return keys


def _database(default: str) -> dict[str, Any]:
    address = _text("DATABASE_URL", default)
    try:
        if urlsplit(address).scheme in ("sqlite", "postgresql", "postgres", "pgsql"):
            return dict(environ.Env.db_url_config(address))
    except ValueError:
        pass
    raise ImproperlyConfigured("DATABASE_URL must be sqlite:///… or postgresql://…")


def _email(default: str) -> dict[str, Any]:
    address = _text("EMAIL_URL", default)
    try:
        if urlsplit(address).scheme in environ.Env.EMAIL_SCHEMES:
            return dict(environ.Env.email_url_config(address))
    except ValueError:
        pass
    raise ImproperlyConfigured(
        "EMAIL_URL must be smtp+tls://user:password@host:587, smtp+ssl://… or consolemail://"
    )


def _positive(name: str, default: float) -> float:
    try:
        value = float(_text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number") from error
    if not 0 < value < 10**7:
        raise ImproperlyConfigured(f"{name} must be greater than zero")
    return value


def _choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = _text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def _whole(name: str, default: int) -> int:
    value = _text(name, str(default))
    if not value.isascii() or not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number")
    return int(value)


# --- Core ---------------------------------------------------------------------------------------

SECRET_KEY = _required("SECRET_KEY", "a long random text that signs sessions")
TOKEN_KEYS = _fernet_keys(
    _required("TOKEN_KEYS", "one or more Fernet keys that encrypt the platforms' tokens")
)
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_URL = _base_url("PUBLIC_URL", "http://127.0.0.1:8000")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
ON_LOOPBACK = PUBLIC_HOST in LOOPBACK_HOSTS or PUBLIC_HOST.startswith("127.")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host] or [
    PUBLIC_HOST,
    *LOOPBACK_HOSTS,
]
TIME_SCALE = _positive("TIME_SCALE", 1)
if TIME_SCALE != 1 and not ON_LOOPBACK:
    raise ImproperlyConfigured("TIME_SCALE is for rehearsals: a public PUBLIC_URL needs 1")

# --- Platforms ----------------------------------------------------------------------------------

TIKTOK_APP_KEY = _text("TIKTOK_APP_KEY")
TIKTOK_APP_SECRET = _text("TIKTOK_APP_SECRET")
TIKTOK_SERVICE_ID = _text("TIKTOK_SERVICE_ID")
TIKTOK_MARKET = _text("TIKTOK_MARKET", "us")
if TIKTOK_MARKET not in ("us", "global"):
    raise ImproperlyConfigured(f"TIKTOK_MARKET must be us or global, not {TIKTOK_MARKET!r}")
TIKTOK_API_URL = _base_url("TIKTOK_API_URL", "https://open-api.tiktokglobalshop.com")
TIKTOK_AUTH_URL = _base_url("TIKTOK_AUTH_URL", "https://auth.tiktok-shops.com")
TIKTOK_AUTHORIZE_URL = _base_url(
    "TIKTOK_AUTHORIZE_URL",
    "https://services.us.tiktokshop.com"
    if TIKTOK_MARKET == "us"
    else "https://services.tiktokshop.com",
)
SHOPIFY_API_KEY = _text("SHOPIFY_API_KEY")
SHOPIFY_API_SECRET = _text("SHOPIFY_API_SECRET")
SHOPIFY_API_VERSION = _text("SHOPIFY_API_VERSION", "2026-10")
SHOPIFY_SCOPES = _text(
    "SHOPIFY_SCOPES",
    "write_orders,write_products,read_inventory,read_locations,read_fulfillments,"
    "write_merchant_managed_fulfillment_orders",
)
SHOPIFY_URL = _text("SHOPIFY_URL", "https://{shop}").rstrip("/")
if not SHOPIFY_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("SHOPIFY_URL must be an http(s) address, with {shop} for the domain")

# --- Pace ---------------------------------------------------------------------------------------

POLL_SECONDS = _positive("POLL_SECONDS", 60)
POLL_OVERLAP_SECONDS = _positive("POLL_OVERLAP_SECONDS", 300)
FULFILLMENT_POLL_SECONDS = _positive("FULFILLMENT_POLL_SECONDS", 120)
AFTERSALES_POLL_SECONDS = _positive("AFTERSALES_POLL_SECONDS", 900)
CATALOGUE_POLL_SECONDS = _positive("CATALOGUE_POLL_SECONDS", 300)
SWEEP_SECONDS = _positive("SWEEP_SECONDS", 10)
LANE_CONCURRENCY = int(_positive("LANE_CONCURRENCY", 8))
TIKTOK_READS_PER_SECOND = _positive("TIKTOK_READS_PER_SECOND", 10)
TIKTOK_WRITES_PER_SECOND = _positive("TIKTOK_WRITES_PER_SECOND", 3)
CALL_DEADLINE_SECONDS = 20.0
LEASE_SECONDS = 45.0
METRICS_TOKEN = _text("METRICS_TOKEN")
SUPPORT_URL = _text("SUPPORT_URL")
WEBHOOK_KEEP_DAYS = int(_positive("WEBHOOK_KEEP_DAYS", 7))

# --- Database and queue -------------------------------------------------------------------------

_sqlite = f"sqlite:///{VAR_DIR / 'tiktoksync.sqlite3'}"
DATABASES = {"default": _database(_sqlite)}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # Measured: without IMMEDIATE and WAL together a third of the writes fail with "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "PRAGMA busy_timeout=20000; PRAGMA journal_size_limit=27103364;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _text("REDIS_URL", f"unix://{VAR_DIR / 'queue.sock'}?db=0")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must be redis://…, rediss://… or unix://…")
_queue = {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 180, "DEFAULT_RESULT_TTL": 0}
RQ_QUEUES = {"interactive": dict(_queue), "bulk": dict(_queue)}
RQ = {"WORKER_CLASS": "tiktoksync.lib.worker.Worker", "FAILURE_TTL": 86400}
RQ_SHOW_ADMIN_LINK = True

# --- Django -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "django_rq",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tiktoksync",
    "tiktoksync.sync",
    "tiktoksync.shops",
    "tiktoksync.webhooks",
    "tiktoksync.runs",
    "tiktoksync.ui",
    "tiktoksync.people",
    "tiktoksync.connecting",
    "tiktoksync.onboarding",
    "tiktoksync.alerts",
    "tiktoksync.support",
    "tiktoksync.privacy",
    "tiktoksync.pictures",
    "orders",
    "products",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tiktoksync.shops.tenancy.CurrentMerchantMiddleware",
]
ROOT_URLCONF = "tiktoksync.urls"
WSGI_APPLICATION = "tiktoksync.wsgi.application"
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
                "tiktoksync.shops.tenancy.page_context",
            ],
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
# Letters: without a server they are printed where the application runs.
_mail = _email("consolemail://")
EMAIL_BACKEND = _text("EMAIL_BACKEND", _mail["EMAIL_BACKEND"])
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"] or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _text(
    "DEFAULT_FROM_EMAIL", f"TikTokSync <no-reply@{PUBLIC_HOST or 'localhost'}>"
)
# Genuine Shopify webhooks of several megabytes exist; Django's own limit of 2.5 MB refuses them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

# --- People -------------------------------------------------------------------------------------

SIGN_UP = _choice("SIGN_UP", "open", ("open", "invited"))
TRUSTED_PROXIES = _whole("TRUSTED_PROXIES", 0)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "tiktoksync.people.adapter.PeopleAdapter"
ACCOUNT_FORMS = {
    "login": "tiktoksync.people.forms.SignInForm",
    "signup": "tiktoksync.people.forms.SignUpForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = _choice("EMAIL_CHECK", "optional", ("none", "optional", "mandatory"))
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "tiktoksync.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "TikTokSync"
# Whoever was given an account by staff has an address that nobody has checked.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ON_LOOPBACK
# Sign-in attempts are counted in the database: every process sees them, and a queue that is away
# locks nobody out.
_cache = "django.core.cache.backends.db.DatabaseCache"
CACHES = {"default": {"BACKEND": _cache, "LOCATION": "shared_cache"}}

# --- Security: follows the scheme of PUBLIC_URL, so a plain-http loopback run works -------------

CSRF_TRUSTED_ORIGINS = [f"{urlsplit(PUBLIC_URL).scheme}://{urlsplit(PUBLIC_URL).netloc}"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/", "/api/v1/docs/"),
    "DIRECTIVES": {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'",),
        "img-src": ("'self'", "data:"),
        "font-src": ("'self'",),
        "connect-src": ("'self'",),
        "form-action": ("'self'",),
        "base-uri": ("'none'",),
        "frame-ancestors": ("'none'",),
    },
}

UNFOLD = {"SITE_TITLE": "TikTokSync", "SITE_HEADER": "TikTokSync", "SHOW_HISTORY": True}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tiktoksync.shops.api_auth.ApiTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TikTokSync API",
    "DESCRIPTION": "Orders, products, links and shops of one merchant.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ListingStateEnum": "products.models.ListingTask.State",
        "RunItemStateEnum": "tiktoksync.runs.models.RunItem.State",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secrets": {"()": "tiktoksync.lib.logs.ScrubSecrets"}},
    "formatters": {"line": {"()": "tiktoksync.lib.logs.line_formatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": _text("LOG_LEVEL", "INFO")},
    "loggers": {"rq": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
