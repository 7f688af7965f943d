from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "blob_file_missing": _("文件暂时打不开，请联系系统管理员"),
    "blob_not_found": _("没有找到这个文件"),
    "system_only": _("这项操作由系统自动进行"),
    "upload_empty": _("“{name}”是空文件，请重新选择"),
    "upload_no_picture": _("“{name}”不能用：请选JPEG、PNG或WebP格式的照片，或直接拍一张"),
    "upload_too_large": _("“{name}”太大，一个文件最多{limit}MB"),
    "upload_too_many_pixels": _("图片“{name}”太大，最多{limit}百万像素，请缩小后再传"),
    "upload_type_not_allowed": _(
        "不能上传“{name}”：可传照片（JPEG、PNG、WebP）、PDF、不带宏的Word（docx）和Excel（xlsx）、"
        "录音（M4A、MP3、WAV、WebM）"
    ),
    "upload_unreadable": _("“{name}”已损坏或不完整，请重新拍摄、录制或导出后再传"),
}

TERMS: Terms = {
    "file_kind": {
        "IMAGE": _("图片"),
        "PDF": _("PDF文件"),
        "WORD": _("Word文件"),
        "EXCEL": _("Excel表格"),
        "AUDIO": _("录音"),
    },
}
