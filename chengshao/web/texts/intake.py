from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "channel_not_open": _("没有登录不能用“{channel}”渠道上报"),
}

TERMS: Terms = {}
