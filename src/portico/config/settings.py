"""Settings, all from the environment, with defaults that run a demo and refuse nonsense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.templatetags.static import static
from environs import Env
from psycopg.conninfo import conninfo_to_dict

from portico.access.providers import allauth_providers, read_providers
from portico.config.logs import write_line
from portico.office.navigation import NAVIGATION

env = Env()

DATA = Path(env.str("PORTICO_DATA", "var")).resolve()
PRODUCTION = env.bool("PORTICO_PRODUCTION", default=False)
DEBUG = False
PUBLIC_URL = env.str("PORTICO_URL", "http://127.0.0.1:8000").rstrip("/")
SANDBOX_BANK_URL = env.str("PORTICO_SANDBOX_BANK_URL", "")

SECRET_KEY = env.str("PORTICO_SECRET_KEY", "only-for-checks; the portico command makes a real one")
COMMON_HOSTS = env.list("PORTICO_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
BASE_DOMAIN = env.str(
    "PORTICO_BASE_DOMAIN", ""
).lower()  # portals are its subdomains: northwind.portal.example
ALLOWED_HOSTS = ["*"]  # own domains come and go: access.hosts.HostMiddleware stands at the door instead
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "portico.office.apps.OfficeConfig",  # before unfold: its templates come first
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "procrastinate.contrib.django",
    "csp",
    "portico.config.apps.ConfigApp",
    "portico.access",
    "portico.ui",
    "portico.organisations",
    "portico.customers",
    "portico.items",
    "portico.ledger",
    "portico.transactions",
    "portico.invoices",
    "portico.retainers",
    "portico.credit_notes",
    "portico.payments",
    "portico.gateways.sandbox.apps.SandboxConfig",
    "portico.gateways.authorize_net",
    "portico.gateways.stripe.apps.StripeConfig",
    "portico.autopay",
    "portico.transfers",
    "portico.disputes.apps.DisputesConfig",
    "portico.payouts",
    "portico.sales_orders",
    "portico.statements",
    "portico.subscriptions",
    "portico.comments",
    "portico.sharing",
    "portico.sharing.files",
    "portico.sharing.forwarding",
    "portico.sharing.links",
    "portico.profile",
    "portico.home",
    "portico.notifications",
    "portico.importing",
    "portico.printing",
]

MIDDLEWARE = [
    "portico.access.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portico.config.compress.CompressPages",
    "portico.access.errors.ErrorMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portico.access.second_factor.SecondFactorMiddleware",
    "portico.access.middleware.ActorMiddleware",
]

ROOT_URLCONF = "portico.config.urls"
WSGI_APPLICATION = "portico.config.wsgi.application"

_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "portico.home.brand.brand",
    "portico.access.tabs.marked_forms",
    "portico.customers.offering.sign_up",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # each app's folder jinja2/
        "OPTIONS": {"environment": "portico.ui.jinja.environment", "context_processors": _CONTEXT},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # allauth's and unfold's own
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]


def _database(url: str, *, pool: bool) -> dict[str, Any]:
    given = conninfo_to_dict(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {key: value for key, value in given.items() if key not in names},
        # Transaction pooling by PgBouncer keeps no session, so no server-side cursors.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        **{django: str(given[key]) for key, django in names.items() if key in given},
    }
    if pool:
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("PORTICO_POOL", 8), "timeout": 10}
    return database


_APP_URL = env.str("DATABASE_URL", "") or "postgresql://portico_app@127.0.0.1/portico"
_OWNER_URL = env.str("DATABASE_OWNER_URL", "") or "postgresql://portico_owner@127.0.0.1/portico"
# Two roles, docs/decisions/0002: `default` works and is bound by the policies; `owner` owns the tables.
DATABASES = {
    "default": {
        **_database(_APP_URL, pool=env.bool("PORTICO_POOLED", default=False)),
        "TEST": {"MIRROR": "owner"},
    },
    "owner": _database(_OWNER_URL, pool=False),
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by an index on its lower case
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "portico.access.sign_in.AccountAdapter"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the link came to the same address as a sign-in code would
ACCOUNT_RATE_LIMITS = {
    # Three guesses a code of six digits: with twenty codes a day, a year of guessing finds one with 2 per cent.
    "request_login_code": "20/m/ip,3/m/key,20/d/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "signup": "10/m/ip,3/m/key,10/d/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int(
    "PORTICO_PROXIES", 1 if env.bool("PORTICO_BEHIND_PROXY", default=False) else 0
)
PASSWORD_RESET_TIMEOUT = 86_400
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation or the code sent to it
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https") else "http"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the owner hears of every change to how one signs in
USERSESSIONS_TRACK_ACTIVITY = False

MFA_ADAPTER = "portico.access.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are proved by the invitation or a code, not by allauth
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: clocks go wrong by half a minute

SIGN_IN_PROVIDERS = read_providers(env.str("PORTICO_SIGN_IN", ""))
SOCIALACCOUNT_PROVIDERS = allauth_providers(SIGN_IN_PROVIDERS)
SOCIALACCOUNT_ADAPTER = "portico.access.single_sign_on.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: form-action would refuse the way on to another site
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # single_sign_on finds the person, under stricter rules

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https")
SESSION_COOKIE_NAME = "portico_session"
CSRF_COOKIE_NAME = "portico_csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL.startswith("https") else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("PORTICO_BEHIND_PROXY", default=False) else None
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_FILE_BYTES = env.int("PORTICO_UPLOAD_MB", 25) * 1_000_000
UPLOAD_REQUEST_BYTES = 4 * UPLOAD_FILE_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE
UPLOAD_SPACE_BYTES = env.int("PORTICO_UPLOAD_SPACE_MB", 2_000) * 1_000_000  # for each customer
FILE_UPLOAD_HANDLERS = [
    "portico.sharing.files.receiving.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CLAMD_URL = env.str("PORTICO_CLAMD_URL", "")  # tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl
CLAMD_TIMEOUT_SECONDS = env.float("PORTICO_CLAMD_TIMEOUT", 30.0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

# Only what limits tries to sign in: in the database, so that all processes count together and a restart forgets none.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["portico.config.formats"]
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.bool("PORTICO_HASHED_STATIC", default=False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not env.bool("PORTICO_HASHED_STATIC", default=False)

_MAIL = env.dj_email_url("PORTICO_MAIL_URL", "console:")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _MAIL["EMAIL_FILE_PATH"] or None  # file:///folder: one file for each e-mail
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("PORTICO_MAIL_FROM", "Portico <portal@localhost>")

# One line names a gateway; everything else about it is in its folder.
_ALL_GATEWAYS = {
    "sandbox": "portico.gateways.sandbox.gateway.SandboxGateway",
    "authorize_net": "portico.gateways.authorize_net.gateway.AuthorizeNetGateway",
    "gocardless": "portico.gateways.gocardless.gateway.GoCardlessGateway",
    "stripe": "portico.gateways.stripe.gateway.StripeGateway",
    "paypal": "portico.gateways.paypal.gateway.PayPalGateway",
}
GATEWAYS = {
    key: _ALL_GATEWAYS[key]
    for key in env.list(
        "PORTICO_GATEWAYS", default=[key for key in _ALL_GATEWAYS if not (PRODUCTION and key == "sandbox")]
    )
}
GATEWAY_TIMEOUT_SECONDS = env.float("PORTICO_GATEWAY_TIMEOUT", 20.0)
# A stand-in for tests; in production a system check refuses any other than Stripe itself.
STRIPE_API = env.str("PORTICO_STRIPE_API", "https://api.stripe.com")
STRIPE_SCRIPT = env.str("PORTICO_STRIPE_SCRIPT", "https://js.stripe.com/endive/stripe.js")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_DATABASE_ALIAS = "default"

UNFOLD = {
    "SITE_TITLE": "Portico office",
    "SITE_HEADER": "Portico",
    "SITE_URL": "/",
    "SITE_SYMBOL": "storefront",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("office/icon.svg")}
    ],
    "SHOW_HISTORY": False,
    "STYLES": [lambda _request: static("office/office.css")],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 218)",
            "100": "oklch(94% .026 218)",
            "200": "oklch(88% .045 218)",
            "300": "oklch(80% .065 218)",
            "400": "oklch(70% .08 218)",
            "500": "oklch(57% .085 218)",
            "600": "oklch(45% .085 218)",
            "700": "oklch(39% .075 218)",
            "800": "oklch(34% .062 218)",
            "900": "oklch(29% .05 218)",
            "950": "oklch(22% .038 218)",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": write_line,
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,  # where it went wrong, for what nobody foresaw
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": env.str("PORTICO_LOG", "WARNING")},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
