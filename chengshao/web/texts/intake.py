from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {}

TERMS: Terms = {}
