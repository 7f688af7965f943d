import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from chengshao.evidence.rules.images import MAX_PIXELS
from chengshao.evidence.rules.reading import read_upload
from chengshao.evidence.rules.refusals import UploadTooManyPixels, UploadUnreadable
from tests.unit.evidence.files import (
    PLACE_WORDS,
    SRGB,
    photo,
    photo_telling_in_every_way,
    picture,
)


def drawn(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_no_longer_tells_where_it_was_taken(file_format: str) -> None:
    sent = photo(file_format)
    assert PLACE_WORDS in sent

    kept, _ = read_upload(sent, "井盖.jpg")

    assert PLACE_WORDS not in kept.content
    assert not drawn(kept.content).getexif()
    assert kept.media_type == f"image/{file_format.lower()}"


def test_nothing_comes_through_but_the_picture() -> None:
    kept, _ = read_upload(photo_telling_in_every_way(), "井盖.jpg")

    assert kept.content.endswith(b"\xff\xd9")
    for told in (PLACE_WORDS, b"Exif", b"xmpmeta", b"Photoshop", b"PK\x03\x04"):
        assert told not in kept.content


def test_the_thumbnail_tells_nothing_either() -> None:
    kept, _ = read_upload(photo_telling_in_every_way(), "井盖.jpg")

    assert kept.thumbnail is not None
    assert PLACE_WORDS not in kept.thumbnail
    assert not drawn(kept.thumbnail).getexif()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_the_colour_profile_stays(file_format: str) -> None:
    kept, _ = read_upload(photo(file_format), "井盖.jpg")

    assert drawn(kept.content).info["icc_profile"] == SRGB


def corner_of_red(image: Image.Image) -> tuple[bool, bool]:
    """Whether the red corner is at the right, and at the bottom."""
    width, height = image.size
    places = [(right, low) for right in (0, 1) for low in (0, 1)]
    (found,) = (
        (bool(right), bool(low))
        for right, low in places
        if image.convert("RGB").getpixel((right * (width - 1), low * (height - 1)))[0] > 128  # type: ignore[index]
    )
    return found


# EXIF's table: where the stored top left corner is seen, and whether the sides are swapped.
@pytest.mark.parametrize(
    ("orientation", "right", "low", "swapped"),
    [
        (1, False, False, False),
        (2, True, False, False),
        (3, True, True, False),
        (4, False, True, False),
        (5, False, False, True),
        (6, True, False, True),
        (7, True, True, True),
        (8, False, True, True),
    ],
)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright(
    file_format: str, orientation: int, right: bool, low: bool, swapped: bool
) -> None:
    kept, _ = read_upload(photo(file_format, orientation=orientation), "井盖.jpg")

    seen = drawn(kept.content)
    assert corner_of_red(seen) == (right, low)
    assert (kept.width, kept.height) == seen.size == ((40, 60) if swapped else (60, 40))


def test_broken_exif_is_no_reason_to_refuse_a_sound_photo() -> None:
    sent = photo(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")

    kept, _ = read_upload(sent, "井盖.jpg")

    assert (kept.width, kept.height) == (60, 40)


def test_drawing_anew_keeps_the_quality_of_the_camera() -> None:
    noise = Image.effect_noise((64, 64), 60).convert("RGB")
    sent = photo(image=noise, quality=97, subsampling=0)

    kept, _ = read_upload(sent, "井盖.jpg")

    before, after = drawn(sent), drawn(kept.content)
    assert after.quantization == before.quantization  # type: ignore[attr-defined]
    pairs = zip(before.tobytes(), after.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in pairs) <= 6


def test_an_iphone_photo_of_several_pictures_becomes_the_first() -> None:
    sent = photo("MPO", save_all=True, append_images=[picture(20, 20)], xmp=b"")

    kept, _ = read_upload(sent, "IMG_0001.JPG")

    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 60, 40)
    assert drawn(kept.content).format == "JPEG"


def test_an_animation_becomes_its_first_picture() -> None:
    sent = photo("WEBP", save_all=True, append_images=[picture(mode="L").convert("RGB")])

    kept, _ = read_upload(sent, "a.webp")

    assert getattr(drawn(kept.content), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    image = picture().convert("L").convert("I;16") if mode == "I;16" else picture(mode=mode)

    kept, _ = read_upload(photo("PNG", image=image, icc_profile=None), "屏幕截图.png")

    assert drawn(kept.content).mode == mode
    assert kept.thumbnail is not None


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_read(mode: str) -> None:
    kept, _ = read_upload(photo(image=picture(mode=mode)), "a.jpg")

    assert drawn(kept.content).mode == ("RGB" if mode == "CMYK" else mode)


def test_a_see_through_picture_stays_so_and_its_thumbnail_has_a_white_ground() -> None:
    clear = Image.new("RGBA", (30, 30), (0, 0, 0, 0))

    kept, _ = read_upload(photo("PNG", image=clear), "图章.png")

    assert drawn(kept.content).getpixel((0, 0)) == (0, 0, 0, 0)
    assert kept.thumbnail is not None
    assert drawn(kept.thumbnail).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "small"), [((1200, 600), (480, 240)), ((90, 40), (90, 40)), ((3000, 1), (480, 1))]
)
def test_a_thumbnail_fits_into_480_by_480_and_is_never_blown_up(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    kept, _ = read_upload(photo("PNG", image=picture(*size)), "a.png")

    assert kept.thumbnail is not None
    thumbnail = drawn(kept.thumbnail)
    assert (thumbnail.format, thumbnail.size) == ("JPEG", small)


def png_stating(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("width", [MAX_PIXELS // 1000 + 1, 200_000, 2_000_000])
def test_a_bomb_is_refused_by_its_header(width: int) -> None:
    with pytest.raises(UploadTooManyPixels) as refused:
        read_upload(png_stating(width, 1000), "炸弹.png")

    assert refused.value.params == {"limit": 50, "name": "炸弹.png"}


def test_a_phone_of_50_megapixels_is_taken() -> None:
    assert MAX_PIXELS >= 8192 * 6144


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_was_cut_off_is_refused(file_format: str) -> None:
    sent = photo(file_format, image=Image.effect_noise((200, 200), 90).convert("RGB"))

    with pytest.raises(UploadUnreadable):
        read_upload(sent[: len(sent) * 2 // 3], "井盖.jpg")


def test_the_same_photo_comes_out_the_same_every_time() -> None:
    assert read_upload(photo(), "a.jpg") == read_upload(photo(), "a.jpg")


def test_the_builder_does_tell_a_place() -> None:
    assert drawn(photo()).getexif().get_ifd(0x8825)[1] == "N"
