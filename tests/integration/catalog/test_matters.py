"""Matters: versions in force on a day, conditions with their limits, found by words."""

from datetime import date

import pytest

from chengshao.catalog import queries
from chengshao.catalog.terms import EvidenceKind, MatterKind, TableKind, Urgency
from chengshao.kernel.clock import ClockUnit, Limit
from tests.integration.catalog.conftest import TODAY, matter, take

pytestmark = pytest.mark.django_db
MISSING = matter(序号=1, 立案条件="缺失", 结案条件="恢复", 时限="2紧急工作时", 紧急程度="紧急")
BROKEN = matter(序号=2, 立案条件="破损", 结案条件="更换或修复", 时限="4小时")


@pytest.fixture
def cover() -> None:
    take(TableKind.MATTERS, MISSING, BROKEN)


@pytest.mark.usefixtures("cover")
class TestConditions:
    def test_a_code_may_name_one_of_them(self) -> None:
        broken = queries.matter_in_force("C0101-2", TODAY)

        assert (broken.code, broken.matter_code, broken.is_narrowed) == ("C0101-2", "C0101", True)
        assert broken.kind is MatterKind.COMPONENT
        assert (broken.name, broken.class_names) == ("上水井盖", ("公用设施",))
        assert (broken.register_condition, broken.close_condition) == ("破损", "更换或修复")
        assert broken.default_urgency is Urgency.ORDINARY

    def test_without_one_the_matter_names_them_all_and_is_calm(self) -> None:
        found = queries.matter_in_force("C0101", TODAY)

        assert found.register_condition == "缺失；破损"
        assert [c.code for c in found.conditions] == ["C0101-1", "C0101-2"]
        assert found.default_urgency is Urgency.ORDINARY
        assert not found.is_narrowed

    @pytest.mark.parametrize(
        ("code", "limit"),
        [
            ("C0101-1", Limit(2, ClockUnit.URGENT_HOUR)),
            ("C0101-2", Limit(4, ClockUnit.WORKING_HOUR)),
            ("C0101", Limit(2, ClockUnit.URGENT_HOUR)),  # the strictest until it is narrowed
        ],
    )
    def test_each_has_its_own_limit(self, code: str, limit: Limit) -> None:
        assert queries.limit_of_matter(code, Urgency.ORDINARY, TODAY) == limit

    @pytest.mark.parametrize("code", ["C0101-3", "C0102", "C01", "", "井盖", "C0101\x00"])
    def test_what_is_not_in_the_catalogue_is_not_found(self, code: str) -> None:
        with pytest.raises(queries.MatterNotFound):
            queries.matter_in_force(code, TODAY)
        with pytest.raises(queries.MatterNotFound):
            queries.limit_of_matter(code, Urgency.ORDINARY, TODAY)

    def test_a_matter_not_yet_in_force_is_not_found(self) -> None:
        with pytest.raises(queries.MatterNotFound):
            queries.matter_in_force("C0101", date(2019, 12, 31))


def test_a_limit_for_the_urgency_goes_before_that_for_any() -> None:
    take(TableKind.MATTERS, matter("D0101", "停水", 时限="5天", 特急时限="2紧急工作时"))

    assert queries.limit_of_matter("D0101", "EMERGENCY", TODAY) == Limit(2, ClockUnit.URGENT_HOUR)
    assert queries.limit_of_matter("D0101", "URGENT", TODAY) == Limit(5, ClockUnit.WORKING_DAY)


def test_a_matter_may_have_no_limit() -> None:
    take(TableKind.MATTERS, matter("D0101", "建议", 时限=""))

    assert queries.limit_of_matter("D0101", "ORDINARY", TODAY) is None


def test_a_leaders_sign_off_is_waived_only_where_the_matter_says_so() -> None:
    take(TableKind.MATTERS, matter(), matter("C0102", "路灯", 免审签="是"))

    assert not queries.matter_in_force("C0101", TODAY).sign_off_waived
    assert queries.matter_in_force("C0102", TODAY).sign_off_waived


def test_evidence_is_asked_only_where_the_matter_says_so() -> None:
    take(TableKind.MATTERS, matter(), matter("C0102", "路灯", 佐证要求="处置后照片、文书"))

    assert queries.matter_in_force("C0101", TODAY).evidence_asked == ()
    assert queries.matter_in_force("C0102", TODAY).evidence_asked == (
        EvidenceKind.PHOTO_AFTER,
        EvidenceKind.DOCUMENT,
    )


@pytest.mark.usefixtures("cover")
class TestANewVersion:
    def test_holds_from_its_day_and_the_old_one_before(self) -> None:
        new = {"事项": "供水井盖", "生效日期": "2026-07-01"}
        take(TableKind.MATTERS, MISSING | new, BROKEN | new)

        last = queries.matter_in_force("C0101", date(2026, 6, 30))
        first = queries.matter_in_force("C0101", date(2026, 7, 1))

        assert (last.name, first.name) == ("上水井盖", "供水井盖")
        assert last.id != first.id
        assert [v.name for v in queries.matter_versions("C0101")] == ["供水井盖", "上水井盖"]

    def test_a_limit_of_last_year_can_be_told_again(self) -> None:
        take(TableKind.MATTERS, BROKEN | {"序号": 1, "时限": "1天", "生效日期": "2026-01-01"})

        assert queries.limit_of_matter("C0101", "", date(2025, 12, 31)) == Limit(
            2, ClockUnit.URGENT_HOUR
        )
        assert queries.limit_of_matter("C0101", "", date(2026, 1, 1)) == Limit(
            1, ClockUnit.WORKING_DAY
        )

    def test_a_matter_that_ended_keeps_its_name_in_lists(self) -> None:
        ends = {"失效日期": "2026-01-01"}
        take(TableKind.MATTERS, MISSING | ends, BROKEN | ends)

        assert queries.matter_names(["C0101-2", "C9999"], TODAY) == {"C0101-2": "上水井盖"}


def test_another_systems_code_is_translated_by_data() -> None:
    take(TableKind.MATTERS, matter("C0401", "古树名木", 大类="园林绿化设施"))
    swapped = {"外部系统": "市平台", "外部编码": "0501", "事项编码": "C0401"}
    take(TableKind.CODE_MAP, swapped | {"生效日期": "2020-01-01"})

    assert queries.matter_of_foreign_code("市平台", "0501", TODAY) == "C0401"
    assert queries.matter_of_foreign_code("省平台", "0501", TODAY) is None


@pytest.mark.usefixtures("seeded")
class TestFinding:
    @pytest.mark.parametrize(
        ("words", "name"),
        [
            ("上水井盖", "上水井盖"),
            ("ssjg", "上水井盖"),
            ("SSJG", "上水井盖"),
            ("c0101", "上水井盖"),
            ("路灯不亮", "路灯"),
            ("飞线充电", "电动车违规充电"),
            ("翻盖 上水", "上水井盖"),
            ("欠薪", "拖欠工资"),
            ("　停水　", "停水"),
            ("狗", "动物尸体"),
        ],
    )
    def test_by_name_callers_words_condition_code_or_initials(self, words: str, name: str) -> None:
        assert name in [matter.name for matter in queries.find_matters(words, on=TODAY)]

    def test_the_name_itself_comes_first(self) -> None:
        assert queries.find_matters("路灯", on=TODAY)[0].name == "路灯"
        assert queries.find_matters("停电", on=TODAY)[0].name == "停电"

    @pytest.mark.parametrize(
        ("words", "name"),
        [
            ("我家楼上晚上装修电钻响个不停影响孩子睡觉", "装修扰民"),
            ("单位拖欠工资三个月了一直没有给我们发", "拖欠工资"),
            ("小区门口的路灯坏了好几天没人修", "路灯"),
            ("楼上装修太吵", "装修扰民"),
        ],
    )
    def test_a_sentence_finds_what_it_mentions(self, words: str, name: str) -> None:
        assert name in [matter.name for matter in queries.find_matters(words, on=TODAY)[:3]]

    @pytest.mark.parametrize("words", ["", "   ", "zzzz", "火星撞击", "\\", "_", "'; --", "\x00"])
    def test_nothing_is_found_by_chance(self, words: str) -> None:
        assert queries.find_matters(words, on=TODAY) == []

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("夜宵", "E0129"),
            ("烧烤", "E0129"),
            ("油烟", "D0304"),
            ("烧烤 油烟", "E0129"),
            ("开锁", "E0201"),
            ("开锁 小广告", "E0201"),
            ("小广告", "E0201"),
            ("违章建筑", "D1001"),
            ("违建", "D1001"),
            ("占道", "E0406"),
            ("井盖", "C0123"),
            ("噪音", "D0301"),
            ("太吵", "D0301"),
            ("漏水", "D0205"),
            ("停电", "D0102"),
            ("电梯", "D0206"),
            ("狗", "D0309"),
            ("遛狗", "E0184"),
            ("垃圾", "E0110"),
            ("路灯", "C0137"),
            ("欠薪", "D0601"),
            ("物业", "D0201"),
            ("停车", "D0401"),
            ("楼下夜宵店每天烧烤到凌晨，油烟全飘进我家", "E0129"),
            ("电线杆上贴满了开锁的小广告，撕了又贴", "E0201"),
            ("楼顶有人搞违章建筑，社区管不管", "D1001"),
            ("隔壁邻居半夜太吵睡不着，说了好多次", "D0301"),
            ("老板欠薪半年，一直说没钱", "D0601"),
            ("小区电梯三天两头坏，昨天又停了，老人下不了楼", "D0206"),
            ("人行道井盖塌了一角，上面写着“污水”，晚上看不见，老人差点踩空", "C0102"),
            ("楼道里停满电瓶车，充电线从三楼拉下来，怕着火", "D0217"),
            ("公园晚上跳舞音响太大，孩子下个月要考试，能不能管一管", "D0302"),
            ("预付卡里还有两千多，店关了门，电话也打不通", "D0502"),
            ("披萨店排烟管对着卧室窗，晚上十点还在烤，一屋子油烟味", "D0304"),
            ("小区二次供水发黄有味，物业说不归他们管", "D0111"),
            ("树枝压到三楼阳台，一刮风就打玻璃", "C0402"),
            ("共享单车堆满盲道，推轮椅过不去", "E0493"),
            ("工地夜里一点还在打桩，整栋楼睡不着", "D0303"),
            ("自来水停了一上午，没看到通知", "D0101"),
            ("沿街店铺把货摆到人行道上，只能走马路", "E0405"),
        ],
    )
    def test_everyday_words_find_it_among_the_first_three(self, words: str, code: str) -> None:
        found = queries.find_matters(words, on=TODAY)

        assert code in [matter.code for matter in found[:3]], [m.name for m in found]

    @pytest.mark.parametrize(
        "words",
        [
            "我们小区门口现在没有人管，希望有关部门尽快处理",
            "昨天打了电话一直没有人接，怎么回事",
            "他们说已经处理了，我们现在还是这样",
        ],
    )
    def test_what_says_nothing_of_a_matter_finds_next_to_nothing(self, words: str) -> None:
        assert len(queries.find_matters(words, on=TODAY)) <= 2

    def test_a_sign_means_itself(self) -> None:
        found = queries.find_matters("%", on=TODAY)

        assert found
        assert all("%" in matter.register_condition for matter in found)

    def test_no_more_than_asked_for(self) -> None:
        assert len(queries.find_matters("井盖", on=TODAY, limit=3)) == 3

    def test_a_whole_book_is_refused(self) -> None:
        with pytest.raises(queries.WordsTooLong):
            queries.find_matters("井" * 401, on=TODAY)
