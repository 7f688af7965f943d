"""Photos. They are drawn anew: only the picture itself comes through."""

from io import BytesIO
from typing import Any

from PIL import Image, JpegImagePlugin

from chengshao.evidence.rules.kept import Kept
from chengshao.evidence.rules.refusals import UploadRefused, UploadTooManyPixels, UploadUnreadable

MAX_PIXELS = 50 * 1024 * 1024  # a phone's "50 megapixels" is 8192 × 6144
THUMBNAIL = (480, 480)
_MAX_COLOUR_PROFILE = 512 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_image(content: bytes) -> Kept:
    """
    Return the first picture of a JPEG, PNG or WebP file, upright, with its colour profile and
    nothing else, and a thumbnail of at most 480 × 480.

    :raises UploadTooManyPixels: told from the header, before anything is unpacked
    :raises UploadUnreadable: if it is broken or cut off
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise UploadTooManyPixels(limit=50)
            return _draw_anew(opened)
    except UploadRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadTooManyPixels(limit=50) from error
    except Exception as error:  # what Pillow raises for hostile bytes is not a closed list
        raise UploadUnreadable from error


def _draw_anew(opened: Image.Image) -> Kept:
    file_format = "JPEG" if opened.format == "MPO" else str(opened.format)  # iPhones write MPO
    options = _options(opened, file_format)
    turn = _TURNS.get(_orientation(opened))
    opened.load()
    transparency = opened.info.get("transparency")
    image = opened.transpose(turn) if turn is not None else opened
    image.info = {} if transparency is None else {"transparency": transparency}
    if image.mode == "CMYK":
        image = image.convert("RGB")
        options.pop("icc_profile", None)  # it described the inks
    drawn = BytesIO()
    image.save(drawn, file_format, **options)
    width, height = image.size
    return Kept(drawn.getvalue(), _MEDIA_TYPES[file_format], width, height, _thumbnail(image))


def _options(opened: Image.Image, file_format: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    profile = opened.info.get("icc_profile")
    if isinstance(profile, bytes) and len(profile) <= _MAX_COLOUR_PROFILE:
        options["icc_profile"] = profile
    match opened:
        case JpegImagePlugin.JpegImageFile():
            # The camera's own tables: drawing anew then costs next to no quality.
            options["qtables"] = opened.quantization
            options["subsampling"] = JpegImagePlugin.get_sampling(opened)
        case _ if file_format == "WEBP":
            options |= {"quality": 90, "method": 2}  # faster, a little larger
    return options


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF is no reason to refuse a sound photo
        return 1


def _thumbnail(image: Image.Image) -> bytes:
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        small = image if image.mode == "RGBA" else image.convert("RGBA")
        small.thumbnail(THUMBNAIL)
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
    else:
        ground = image if image.mode == "RGB" else image.convert("RGB")
        ground.thumbnail(THUMBNAIL)
    drawn = BytesIO()
    ground.save(drawn, "JPEG", quality=80)
    return drawn.getvalue()
