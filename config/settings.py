"""
Settings are for wiring: where things are and which parts are joined. What a city decides
(limits, roles, calendars, scores) stands in dated rows.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CHENGSHAO_DATA", BASE_DIR / "data"))
# Keys live outside the database: a file (0600) that `chengshao` makes, or one that is mounted.
KEYS_FILE = Path(os.environ.get("CHENGSHAO_KEYS", DATA_DIR / "keys.json"))
KEYS: dict[str, Any] = json.loads(KEYS_FILE.read_text()) if KEYS_FILE.exists() else {}

# Set by `chengshao run` only, on 127.0.0.1 and never beside a real server's database.
DEMO = os.environ.get("CHENGSHAO_DEMO") == "1"
# Whether a fresh demo first lives some weeks in the background; tests want its bare world.
DEMO_LIFE = DEMO and os.environ.get("CHENGSHAO_DEMO_LIFE") != "0"
TRAINING = os.environ.get("CHENGSHAO_TRAINING") == "1"  # people practise: a red banner says so
if DEMO:
    PROCRASTINATE_ON_APP_READY = "config.tasks.hold_clock"
SECRET_KEY = KEYS.get("django", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CHENGSHAO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CHENGSHAO_ORIGINS", "").split(",") if o]
_HTTPS = os.environ.get("CHENGSHAO_HTTPS") == "1"  # behind a proxy that ends TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
# How many trusted proxies stand before us: the caller's address is that many from the right.
TRUSTED_PROXIES = int(os.environ.get("CHENGSHAO_PROXIES", "0"))
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "chengshao.web.pages.csrf_failed"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # what a photo shows rests in no temp folder

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["chengshao.people.middleware.StaffBackend"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "desk:home"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_vite",
    "procrastinate.contrib.django",
    "chengshao.web",
    "chengshao.people",
    "chengshao.places",
    "chengshao.evidence",
    "chengshao.notices",
    "chengshao.catalog",
    "chengshao.workorders",
    "chengshao.knowledge",
    "chengshao.dispatch",
    "chengshao.administration",
    "chengshao.duty",
    "chengshao.intake",
    "chengshao.resident",
    "chengshao.desk",
    "chengshao.field",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chengshao.web.once.OnceMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chengshao.people.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chengshao.web.pages.DomainErrorMiddleware",
    "chengshao.web.pages.AddressMiddleware",
    "chengshao.web.bodies.BodySizeMiddleware",  # bodies are read after all of these
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# A key of the national map (天地图): with it, and on pages with a map only, its tiles are fetched.
TIANDITU_KEY = os.environ.get("CHENGSHAO_TIANDITU_KEY", "")
ROOT_URLCONF = "config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.shell",
            ],
        },
    }
]
_database = dj_database_url.parse(
    os.environ.get("DATABASE_URL", "postgresql://127.0.0.1:5432/chengshao"),
    conn_health_checks=True,
)
DATABASES = {
    "default": _database
    | {
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "server_side_binding": True,
            "prepare_threshold": 2,
            # max_size must reach the blocking threads of one web process
            "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
        },
        "TEST": {"TEMPLATE": os.environ.get("CHENGSHAO_TEST_TEMPLATE")},
    }
}
FORM_RENDERER = "chengshao.web.forms.Renderer"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
STATICFILES_DIRS = [("app", BASE_DIR / "frontend" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DJANGO_VITE = {
    "default": {
        "static_url_prefix": "app",
        "manifest_path": BASE_DIR / "frontend" / "dist" / ".vite" / "manifest.json",
    }
}
MEDIA_ROOT = DATA_DIR / "files"
# Messages out: what no gateway is named for is written to a file, so that one sees what would go.
OUTBOX_DIR = DATA_DIR / "outbox"
GATEWAYS = {
    channel: (url, os.environ.get(f"CHENGSHAO_{channel}_KEY", ""))
    for channel in ("SMS", "WECOM")
    if (url := os.environ.get(f"CHENGSHAO_{channel}_URL", ""))
}
# Where citizens reach us from outside; without it messages say "your link" in words.
PUBLIC_URL = os.environ.get("CHENGSHAO_PUBLIC_URL", "").rstrip("/")
# smtp://user:password@host:port?from=name@host — smtps:// for TLS from the first byte on,
# smtp+tls:// for STARTTLS. EMAIL_BACKEND stays Django's own.
_mail = urlsplit(os.environ.get("CHENGSHAO_MAIL_URL", ""))
MAIL_IS_SENT = bool(_mail.hostname)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = parse_qs(_mail.query).get("from", ["chengshao@localhost"])[0]
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2]
SEALS_FILE = DATA_DIR / "seals" / "seals.jsonl"  # outside the database; copy it elsewhere
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}},  # a line a job is too much
}
