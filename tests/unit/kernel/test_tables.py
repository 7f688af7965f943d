import pytest

from chengshao.kernel.errors import NotFound
from chengshao.kernel.tables import Fault, Faults, TableRefused


class UnitUnknown(NotFound):
    code = "unit_unknown"


def test_a_table_without_faults_is_not_refused() -> None:
    Faults().refuse_if_any()


def test_a_table_is_refused_with_all_its_faults_in_the_order_found() -> None:
    faults = Faults()
    faults.add(3, "名称", "value_missing")
    faults.add(2, "编号", "value_repeated", value="7", first=1)
    faults.add_error(5, "单位", UnitUnknown(unit="城管"))

    with pytest.raises(TableRefused) as refused:
        faults.refuse_if_any()

    assert refused.value.code == "table_refused"
    assert refused.value.params == {"count": 3}
    assert refused.value.faults == (
        Fault(3, "名称", "value_missing"),
        Fault(2, "编号", "value_repeated", {"value": "7", "first": 1}),
        Fault(5, "单位", "unit_unknown", {"unit": "城管"}),
    )


def test_what_was_refused_stays_as_it_was() -> None:
    faults = Faults()
    faults.add(0, "", "value_missing")
    with pytest.raises(TableRefused) as refused:
        faults.refuse_if_any()

    faults.add(1, "", "value_missing")

    assert len(refused.value.faults) == 1
