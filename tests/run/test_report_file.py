"""A table with awkward rows goes through the API of a running installation."""

import csv
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import psycopg
import pytest

from chengshao.web.sheets import read_table, write_table
from ops.folder import CHECKOUT
from tests.run.installed import LONG, Installed, heed_signals

pytestmark = pytest.mark.run

MAPPING = """
number: {column: 编号, prefix: "sample-"}
words: [标题, 内容]
place: {column: 地址}
source_at: {column: 时间, format: "%Y-%m-%d %H:%M:%S"}
contact_phone: {column: 电话}
"""
HEADINGS = ("编号", "标题", "内容", "地址", "时间", "电话")
Cells = Sequence[str]
GOOD: list[Cells] = [  # all invented
    ("1", "路灯不亮", "第一行\n第二行，“引号”和, 逗号", "无地点", "2019-04-25 09:32:09", ""),
    ("2", "=1+1", "公式也是话 😀", "演示路1号", "", "13800138000"),
    ("3", "长", "话" * 3998, "", "2019-04-25 00:00:00", ""),
]
BAD: list[Cells] = [
    ("4", "太长", "话" * 4001, "", "", ""),
    ("5", "", "", "某路", "", ""),
    ("", "没有编号", "也没有办法", "", "", ""),
    ("7", "时间不对", "昨天的事", "", "昨天", ""),
    ("1", "同一个编号", "另一件事", "", "", ""),
    ("号 码", "编号里有空格", "不行", "", "", ""),
]


@pytest.fixture(scope="module")
def demo(migrated: Path) -> Iterator[Installed]:
    """A running demo district; each test has a prefix of its own."""
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        one = Installed(Path(place) / "data", CHENGSHAO_DEMO="1")
        shutil.copytree(migrated, one.data)
        one.start()
        made = one.command("make-token", "hotline", "--label", "test")
        assert made.returncode == 0, made.stderr
        one.env["CHENGSHAO_TOKEN"] = made.stdout.split()[-1]
        yield one
        one.clear_away()


def as_csv(rows: Sequence[Cells], encoding: str = "utf-8-sig") -> bytes:
    buffer = StringIO()
    csv.writer(buffer).writerows([HEADINGS, *rows])
    return buffer.getvalue().encode(encoding)


def words_of(
    folder: Path, content: bytes, *more: str, name: str = "table", prefix: str = "sample-"
) -> list[str]:
    """Put table and mapping into the folder and return the command for them."""
    mapping, file = folder / "mapping.yaml", folder / name
    mapping.write_text(MAPPING.replace("sample-", prefix))
    file.write_bytes(content)
    return ["report-file", str(file), "--mapping", str(mapping), *more]


def counts(output: str) -> tuple[int, ...]:
    """Return new, already there, refused, not sent: the last line that tells them."""
    found = re.findall(r"(\d+) new, (\d+) already there, (\d+) refused, (\d+) not sent", output)
    return tuple(int(number) for number in found[-1])


def stored(demo: Installed, prefix: str) -> list[tuple[str, str, str, str | None]]:
    """Return source number, words, place and source time of the reports with this prefix."""
    query = (
        "SELECT source_number, words, place, source_at::text FROM workorders_report"
        " WHERE client_key LIKE %s ORDER BY client_key"
    )
    with psycopg.connect(demo.cluster().url(), options="-c timezone=Asia/Shanghai") as db:
        return db.execute(query, (f"{prefix}%",)).fetchall()


def test_good_rows_arrive_and_each_bad_one_is_told_with_its_reason(
    demo: Installed, tmp_path: Path
) -> None:
    kept = tmp_path / "refused.xlsx"
    command = words_of(tmp_path, as_csv([*GOOD, *BAD]), "--refusals", str(kept))

    done = demo.command(*command)

    assert done.returncode == 1, done.stderr
    assert counts(done.stdout) == (3, 0, 6, 0)
    assert stored(demo, "sample-") == [
        ("1", f"路灯不亮\n{GOOD[0][2]}", "", "2019-04-25 09:32:09+08"),
        ("2", "=1+1\n公式也是话 😀", "演示路1号", None),
        ("3", "长\n" + "话" * 3998, "", "2019-04-25 00:00:00+08"),
    ]
    refused = read_table(kept.read_bytes())
    assert [row["原文件行号"] for row in refused] == ["5", "6", "7", "8", "9", "10"]
    assert [row["内容"] for row in refused] == [cells[2] for cells in BAD]
    assert all(row["拒收原因"] for row in refused)

    again = demo.command(*command)

    assert counts(again.stdout) == (0, 3, 6, 0)
    assert len(stored(demo, "sample-")) == 3


def test_refused_rows_are_mended_in_the_list_and_sent_again(
    demo: Installed, tmp_path: Path
) -> None:
    kept = tmp_path / "refused.xlsx"
    command = words_of(tmp_path, as_csv(BAD[3:4]), "--refusals", str(kept), prefix="mend-")
    assert demo.command(*command).returncode == 1
    (row,) = read_table(kept.read_bytes())
    mended = dict(row) | {"时间": "2019-04-25 09:32:09"}
    content = write_table(list(mended), [list(mended.values())])

    done = demo.command(*words_of(tmp_path, content, prefix="mend-", name="mended.xlsx"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert stored(demo, "mend-") == [("7", "时间不对\n昨天的事", "", "2019-04-25 09:32:09+08")]


def test_a_table_as_old_office_programs_write_it(demo: Installed, tmp_path: Path) -> None:
    done = demo.command(*words_of(tmp_path, as_csv(GOOD[:1], "gb18030"), prefix="gb-"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert stored(demo, "gb-")[0][1].startswith("路灯不亮")


def test_broken_off_it_is_run_again_and_every_row_is_there_once(
    demo: Installed, tmp_path: Path
) -> None:
    rows = [(str(n), "演示", f"第{n}件", "", "", "") for n in range(400)]
    command = words_of(tmp_path, as_csv(rows), prefix="off-")
    running = subprocess.Popen(
        [sys.executable, "-m", "ops.cli", *command],
        cwd=CHECKOUT,
        env=demo.environment(),
        stdout=subprocess.PIPE,
        preexec_fn=heed_signals,
    )
    demo.wait(lambda: stored(demo, "off-"), ends=running)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=LONG)
    arrived = len(stored(demo, "off-"))

    assert running.returncode == 130
    new, again, refused, left = counts(said.decode())
    assert (again, refused, new + left) == (0, 0, 400)
    assert new <= arrived <= new + 4  # an answer may be lost on the way, a row never
    assert 0 < arrived < 400

    done = demo.command(*command)

    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done.stdout) == (400 - arrived, arrived, 0, 0)
    assert len(stored(demo, "off-")) == 400


def test_nothing_is_sent_when_something_is_missing(demo: Installed, tmp_path: Path) -> None:
    command = words_of(tmp_path, as_csv(GOOD), prefix="none-")
    wrong = {
        "没有可用的令牌": (command, {"CHENGSHAO_TOKEN": ""}),
        "令牌不被接受": (command, {"CHENGSHAO_TOKEN": "made-up"}),
        "不是地址": ([*command, "--url", "nowhere"], {}),
        "拒收清单不能存为": ([*command, "--refusals", "list.txt"], {}),
        "读不出来": ([*command[:1], str(tmp_path / "no such file"), *command[2:]], {}),
        "表里没有“标题”这一列": (words_of(tmp_path, "编号,话\n1,二\n".encode(), name="other"), {}),
        "既不是 Excel": (words_of(tmp_path, b"\xff\x00\x01", name="picture"), {}),
        "没有数据行": (words_of(tmp_path, as_csv([]), name="empty"), {}),
    }
    own = dict(demo.env)
    for words, (line, env) in wrong.items():
        demo.env = own | env
        done = demo.command(*line)
        demo.env = own

        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert demo.command("report-file").returncode == 2
    assert stored(demo, "none-") == []
