"""What the desk's pages show, put together from the rooms below. Nothing is written here."""

from chengshao.desk.queries._chips import chip_of
from chengshao.desk.queries._words import closing_words
from chengshao.desk.queries.case import CasePage, case_page
from chengshao.desk.queries.case_sheet import CaseSheet, case_sheet
from chengshao.desk.queries.choices import (
    LeadChoice,
    MatterChoice,
    UnitChoice,
    find_matters,
    matter_choices,
    on_duty,
    unit_choices,
    units_to_choose,
    with_obstacles,
)
from chengshao.desk.queries.circle import Named, PersonChoice, find_people
from chengshao.desk.queries.columns import COLUMNS, USUAL, Column, columns
from chengshao.desk.queries.fresh import Fresh, fresh_in, where_owed
from chengshao.desk.queries.handed_out import draft_of, group_words, platform_words
from chengshao.desk.queries.leader import Decision, LeaderPage, leader_page
from chengshao.desk.queries.lists import (
    PAGE_SIZE,
    Row,
    RowsFound,
    case_rows,
    cases_called,
    mapped_row,
    mapped_rows,
    pressing_rows,
    queue_rows,
    rows_numbered,
    sent_rows,
)
from chengshao.desk.queries.loads import LoadPage, LoadRow, load_page
from chengshao.desk.queries.moves import MoveForm, button_words, words_of
from chengshao.desk.queries.queues import (
    QUEUES,
    SENT,
    Notice,
    Queue,
    notices,
    oldest_in,
    parts_of,
    queue_named,
    queues_of,
    waiting,
    waiting_in,
)
from chengshao.desk.queries.timeline import deed_of

__all__ = [
    "COLUMNS",
    "PAGE_SIZE",
    "QUEUES",
    "SENT",
    "USUAL",
    "CasePage",
    "CaseSheet",
    "Column",
    "Decision",
    "Fresh",
    "LeadChoice",
    "LeaderPage",
    "LoadPage",
    "LoadRow",
    "MatterChoice",
    "MoveForm",
    "Named",
    "Notice",
    "PersonChoice",
    "Queue",
    "Row",
    "RowsFound",
    "UnitChoice",
    "button_words",
    "case_page",
    "case_rows",
    "case_sheet",
    "cases_called",
    "chip_of",
    "closing_words",
    "columns",
    "deed_of",
    "draft_of",
    "find_matters",
    "find_people",
    "fresh_in",
    "group_words",
    "leader_page",
    "load_page",
    "mapped_row",
    "mapped_rows",
    "matter_choices",
    "notices",
    "oldest_in",
    "on_duty",
    "parts_of",
    "platform_words",
    "pressing_rows",
    "queue_named",
    "queue_rows",
    "queues_of",
    "rows_numbered",
    "sent_rows",
    "unit_choices",
    "units_to_choose",
    "waiting",
    "waiting_in",
    "where_owed",
    "with_obstacles",
    "words_of",
]
