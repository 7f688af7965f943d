"""Why a file is not taken. Each carries `name`, as the sender called the file."""

from chengshao.kernel.errors import Invalid


class UploadRefused(Invalid):
    """The file is not taken, and nothing of it is kept."""

    def __init__(self, *, name: str = "", **params: str | int) -> None:
        super().__init__(name=name, **params)


class UploadEmpty(UploadRefused):
    code = "upload_empty"


class UploadTooLarge(UploadRefused):
    code = "upload_too_large"


class UploadTypeNotAllowed(UploadRefused):
    code = "upload_type_not_allowed"


class UploadUnreadable(UploadRefused):
    code = "upload_unreadable"


class UploadTooManyPixels(UploadRefused):
    code = "upload_too_many_pixels"


class UploadNoPicture(UploadRefused):
    code = "upload_no_picture"
