"""Every setting of the club, read from the environment. `.env.example` names and explains each variable."""

import sys
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config import logs
from config.safety import LOOPBACK_HOSTS, PUBLISHED_SECRET_KEY, refuse_unsafe_start

# Lets the code name what an admin or a form is about, as in ModelAdmin[Member].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- Where this runs ---------------------------------------------------------------------------------------

# Tests and the demo come out the same on every machine and touch no real club: they never read a .env file.
ENVIRONMENT = env.str("STAMKUND_ENV", default="test" if "pytest" in sys.modules else "")
if ENVIRONMENT not in ("test", "demo"):
    env.read_env(env.str("STAMKUND_ENV_FILE", default=str(BASE_DIR / ".env")))
ENVIRONMENT = ENVIRONMENT or env.str("STAMKUND_ENV", default="development")
IS_PRODUCTION = ENVIRONMENT == "production"
IS_TEST = ENVIRONMENT == "test"

VAR_DIR = Path(env.str("STAMKUND_VAR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="" if IS_PRODUCTION else PUBLISHED_SECRET_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=IS_PRODUCTION)

refuse_unsafe_start(
    environment=ENVIRONMENT,
    secret_key=SECRET_KEY,
    debug=DEBUG,
    allowed_hosts=ALLOWED_HOSTS,
    secure=HTTPS_ONLY,
)

# -- The club ----------------------------------------------------------------------------------------------

CLUB_NAME = env.str("CLUB_NAME", default="Stamkund")
CLUB_CURRENCY = env.str("CLUB_CURRENCY", default="SEK")
CLUB_COUNTRY = env.str("CLUB_COUNTRY", default="SE")
CLUB_TIME_ZONE = env.str("CLUB_TIME_ZONE", default="Europe/Stockholm")
CLUB_URL = env.str("CLUB_URL", default="http://localhost:8000").rstrip("/")
SHOP_ORIGINS = env.list("SHOP_ORIGINS", default=[])
CLUB_COLOUR = env.str("CLUB_COLOUR", default="#1f5c4d")
CLUB_POSTAL_ADDRESS = env.str("CLUB_POSTAL_ADDRESS", default="")
MACHINES = env.int("MACHINES", default=1)

# -- Apps, in the order in which templates and static files are looked up -----------------------------------

INSTALLED_APPS = [
    "config.apps.WiringConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "import_export",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_celery_beat",
    "phonenumber_field",
    "django_htmx",
    "csp",
    "anymail",
    "django_prometheus",
    "django_structlog",
    "members",
    "segments",
    "loyalty",
    "campaigns",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.club",
            ],
        },
    }
]

# -- Database, cache and files -----------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'club.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = (
    False  # actions are atomic; a page view must never take a write lock
)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # Without these three, writers at the same time fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "config.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A transaction-pooling PgBouncer cannot keep a cursor open on the server.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DATABASE_BEHIND_PGBOUNCER", default=False)

# Login limits hold only when all processes share one cache, so never a cache in each process's own memory.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "stamkund",
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}
    }

# Without Redis each process counts the calls of a key for itself.
CACHES["limits"] = (
    CACHES["default"] if REDIS_URL else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
)

STATIC_URL = "/static/"
# Collected in production only; elsewhere WhiteNoise serves the files from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static")) if IS_PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- Language, time and place ------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = CLUB_TIME_ZONE
USE_I18N = True
LANGUAGE_CODE = env.str("CLUB_LANGUAGE", default="sv")
LANGUAGES = [("sv", _("Swedish")), ("en", _("English")), ("nb", _("Norwegian"))]
# Ours first; beside it what the libraries whose pages we show have not said in our languages.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
PHONENUMBER_DEFAULT_REGION = CLUB_COUNTRY
PHONENUMBER_DB_FORMAT = "E164"

# -- Logins ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "config.logins.ClubBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if IS_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "config.logins.ClubAccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "members.forms.RequestCodeForm"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Without password1 here, the login form would have no password field, and staff only mailed codes.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Whoever guesses what stands on other people's receipts is stopped.
ACCOUNT_RATE_LIMITS = {"register_receipt": "20/h/user"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = CLUB_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS_ONLY
# Otherwise every page view would write to the database.
USERSESSIONS_TRACK_ACTIVITY = False
# How many proxies of ours stand in front: login limits count the address that the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# -- Browser safety ----------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # the load balancer asks from inside, in clear text
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=30 * 24 * 3600) if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_NAME = "stamkund_session"
X_FRAME_OPTIONS = "DENY"
# The form of a rehearsal of a year has thousands of fields, most of them empty.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Joining the browsers' preload list binds the shop's whole domain: the shop's own decision, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# The console and the API pages need a little more: config.middleware adds it there only.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# -- Mail --------------------------------------------------------------------------------------------------

MAIL_DIR = VAR_DIR / "mail"
vars().update(
    env.email_url("EMAIL_URL", default="consolemail://" if IS_PRODUCTION else f"filemail:///{MAIL_DIR}")
)
# Instead of EMAIL_URL: any provider that Anymail knows, e.g. anymail.backends.brevo.EmailBackend.
if env.str("ANYMAIL_BACKEND", default=""):
    EMAIL_BACKEND = env.str("ANYMAIL_BACKEND")
ANYMAIL = env.json("ANYMAIL", default={})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{CLUB_NAME} <club@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)

# -- Tasks: wake-ups only, the truth is in the tables ------------------------------------------------------

BROKER_DIR = VAR_DIR / "broker"
EMBEDDED_BROKER_URL = "clubfs://localhost//"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or REDIS_URL or EMBEDDED_BROKER_URL
if IS_TEST:
    CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"folder": str(BROKER_DIR), "polling_interval": 0.1} if CELERY_BROKER_URL.startswith("clubfs:") else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # there are none, so nobody need clear them away
CELERY_TASK_ACKS_LATE = True  # a task cut short runs again; every action is idempotent
CELERY_TASK_TIME_LIMIT = 30 * 60  # well below the hour after which Redis hands a task out again
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
DJANGO_CELERY_BEAT_TZ_AWARE = True

# A developer's own receiver may be called, by a club that nobody but the developer can reach.
WEBHOOKS_MAY_BE_LOCAL = ENVIRONMENT in ("development", "demo") and set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS

# -- API ---------------------------------------------------------------------------------------------------

# A test that is about it says how many.
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=0 if IS_TEST else 3000)
# What members do that shops may tell of, besides what the programme and the segments ask about.
ACTIVITY_KINDS = env.list("ACTIVITY_KINDS", default=[])
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["members.api.auth.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["members.api.auth.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["members.api.body.JSONBody"],
    "DEFAULT_THROTTLE_CLASSES": ["members.api.limits.CallsPerMinute"],
    "DEFAULT_SCHEMA_CLASS": "members.api.schema.Described",
    "EXCEPTION_HANDLER": "members.api.problems.answer_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# A club of nobody's, on an embedded database: `manage.py sandbox` says so, and nothing else may.
IS_SANDBOX = ENVIRONMENT == "demo" and env.bool("STAMKUND_SANDBOX", default=False)
SPECTACULAR_SETTINGS = {
    "TITLE": "Stamkund",
    "DESCRIPTION": "Members, orders, points and vouchers for the webshop and the till.",
    "VERSION": "1.1",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "The club that serves this description"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "MemberState": "members.models.Member.State",
        "OrderState": "members.models.Order.State",
        "ConsentChannel": "members.models.Consent.Channel",
        "OrderChannel": "loyalty.api.requests.CHANNELS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "members.api.schema.describe_problems",
        "config.reference.links.lead_on",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# -- Console -----------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": CLUB_NAME,
    "SITE_HEADER": CLUB_NAME,
    "SITE_URL": "/",
    "SITE_SYMBOL": "loyalty",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {"primary": "config.theme.console_shades"},
    "STYLES": [lambda request: static("console.css")],
    "DASHBOARD_CALLBACK": "config.console.home",
    "SIDEBAR": {"show_search": True, "navigation": "config.menu.menu"},
}
IMPORT_EXPORT_USE_TRANSACTIONS = True

# -- Watching over it --------------------------------------------------------------------------------------

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
LOGGING = logs.logging_settings(level=env.str("LOG_LEVEL", default="WARNING" if IS_TEST else "INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
