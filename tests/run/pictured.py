"""Reports with pictures, and seals over the demo's past days; run inside an installation."""

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from PIL import Image

from chengshao.evidence.actions import store_upload
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.actions import NewReport, receive_report
from chengshao.workorders.tasks import seal_at
from chengshao.workorders.terms import Channel

REPORTS = 4


def make() -> None:
    """Have reports with pictures, and all days sealed that are over."""
    now = timezone.now()
    for number in range(REPORTS):
        _receive(number, now)
    seal_at(now)


def _receive(number: int, at: datetime) -> None:
    citizen = Actor(ActorKind.CITIZEN)
    picture = store_upload(content=_picture(number), name="现场.jpg", actor=citizen, at=at)
    said = NewReport(
        client_key=f"pictured-{number}",
        channel=Channel.PORTAL,
        words=f"演示：第{number}盏路灯不亮",
        contact_name="演示市民",
        contact_phone=f"138000000{number:02d}",
    )
    receive_report(report=said, files=[picture], actor=citizen, at=at)


def _picture(number: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (900 + number, 700), (40 * number, 80, 120)).save(buffer, "JPEG")
    return buffer.getvalue()
