"""What one kind of work consists of: the queues, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengshao.workorders.terms import Power, TaskKind


@dataclass(frozen=True, slots=True)
class Job:
    """Tasks of these kinds that the power reaches: what one kind of work consists of."""

    name: str
    power: str
    kinds: tuple[str, ...]


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job("verify", Power.VERIFY, (TaskKind.VERIFY,)),
        Job("register", Power.REGISTER, (TaskKind.REGISTER,)),
        Job("dispatch", Power.DISPATCH, (TaskKind.DISPATCH,)),
        Job("returns", Power.DISPATCH, (TaskKind.ADJUDICATE,)),
        Job("outer", Power.DISPATCH, (TaskKind.OUTER_REQUEST, TaskKind.OUTER_CLOSING)),
        Job("approvals", Power.DESIGNATE, (TaskKind.CENTRE_APPROVAL,)),
        Job(
            "sign",
            Power.SIGN_OFF,
            (TaskKind.SIGN_OFF, TaskKind.LEADER_APPROVAL, TaskKind.LEDGER_APPROVAL),
        ),
        Job(
            "work",
            Power.HANDLE,
            (
                TaskKind.LEAD,
                TaskKind.DOUBLE,
                TaskKind.CO_HANDLE,
                TaskKind.SUBASSIGNED,
                TaskKind.CONTACT,
                TaskKind.TELL,
                TaskKind.CONSULT,
                TaskKind.INQUIRY,
                TaskKind.LEDGER_REVIEW,
            ),
        ),
        Job("check", Power.CHECK, (TaskKind.CHECK, TaskKind.SAMPLE)),
    )
}


# Nobody waits there: what the desk sent and may still take back. So it is not counted.
SENT = Job("sent", Power.DISPATCH, ())
