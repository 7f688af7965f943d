"""Take in a table of old cases of another system."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from chengshao.intake import actions, queries
from chengshao.intake.models import CaseImport
from chengshao.intake.rules.case_table import OPEN, UNKNOWN, CaseTable, read_row
from chengshao.intake.schemas.case_table import MappingUnreadable, read_mapping
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults, TableRefused
from chengshao.web.sheets import stream_table
from chengshao.web.texts import term, text
from chengshao.workorders.terms import Power

_ENGINEER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.IMPORT_CASES, None)}))
_SHOWN = 15


class Command(BaseCommand):
    help = "Take in a table (Excel or CSV) of another system's old cases; run again to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML")
        parser.add_argument("--preview", action="store_true", help="only show how it is understood")
        parser.add_argument(
            "--names", type=Path, help="a table that says which names mean what; see --preview"
        )
        parser.add_argument(
            "--accept-guesses", action="store_true", help="take names as they were guessed"
        )
        parser.add_argument(
            "--refused", type=Path, help="where to write which rows are not taken, and why (xlsx)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            self._import(path, options)
        except MappingUnreadable as error:
            raise CommandError("\n".join([text(error.code, error.params), *error.faults])) from None
        except TableRefused as error:
            lines = [f"{f.column}: {text(f.code, f.params)}" for f in error.faults]
            raise CommandError("\n".join(lines)) from None
        except DomainError as error:
            raise CommandError(text(error.code, error.params)) from None
        except UnicodeDecodeError:
            raise CommandError(_("映射文件要用UTF-8保存")) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _import(self, path: Path, options: dict[str, Any]) -> None:
        mapping = options["mapping"].read_text(encoding="utf-8-sig")
        table = read_mapping(mapping)
        of = actions.prepare_import(
            path=path,
            name=path.name,
            table=table,
            mapping=mapping,
            actor=_ENGINEER,
            at=timezone.now(),
        )
        if options["names"]:
            chosen = queries.read_names(options["names"].read_bytes())
            of = actions.settle_names(
                import_id=of.pk, chosen=chosen, actor=_ENGINEER, at=timezone.now()
            )
        if options["accept_guesses"] and of.state == ImportState.PREPARED:
            of = actions.accept_guesses(import_id=of.pk, actor=_ENGINEER, at=timezone.now())
        self._show_names(of)
        if options["preview"]:
            self._show_rows(path, table, {one.row for one in queries.refusals(of, limit=_SHOWN)})
            self._foresee(of)
            self._write_refused(of, options["refused"])
            return
        begun = time.monotonic()
        of = actions.go_on(
            import_id=of.pk,
            path=path,
            table=table,
            actor=_ENGINEER,
            now=timezone.now,
            tell=self._tell,
        )
        self._sum_up(of, time.monotonic() - begun)
        if options["refused"]:
            self._write_refused(of, options["refused"])
        elif of.refused:
            self._show_refusals(of)
            self.stdout.write(_("  全部原因：加上 --refused 文件.xlsx，或看页面“旧案导入”"))

    def _foresee(self, of: CaseImport) -> None:
        refused = queries.rows_refused(of)
        self.stdout.write(
            _("照现在的样子，%(fine)d行可以导入，%(refused)d行不能导入")
            % {"fine": of.rows - refused, "refused": refused}
        )
        self._show_refusals(of)

    def _show_refusals(self, of: CaseImport) -> None:
        for one in queries.refusals(of, limit=_SHOWN):
            self.stdout.write(f"  {one.row} {one.column}: {text(one.code, one.params)}")

    def _write_refused(self, of: CaseImport, to: Path | None) -> None:
        if to and queries.rows_refused(of):
            to.write_bytes(queries.refusals_table(of))
            self.stdout.write(str(to))

    def _show_names(self, of: CaseImport) -> None:
        told = {"name": of.file_name, "rows": of.rows, "source": of.source}
        self.stdout.write(_("%(name)s：%(rows)d行，来源“%(source)s”") % told)
        if of.position:
            self.stdout.write(_("  上次导入到第%(position)d行，接着来") % {"position": of.position})
        for kind in NameKind:
            names = of.names.get(kind, {})
            guessed = [(told, n) for told, n in names.items() if n["code"] and not n["certain"]]
            nobody = [(told, n) for told, n in names.items() if not n["code"] and not n["certain"]]
            self.stdout.write(
                _("  %(kind)s：%(all)d种写法，%(guessed)d种待确认，%(nobody)d种无对应")
                % {
                    "kind": term("name_kind", kind),
                    "all": len(names),
                    "guessed": len(guessed),
                    "nobody": len(nobody),
                }
            )
            for told, name in (guessed + nobody)[:_SHOWN]:
                meant = f"{name['code']} {name['name']}" if name["code"] else "—"
                self.stdout.write(f"    {told} ×{name['count']} → {meant}")

    def _show_rows(self, path: Path, table: CaseTable, refused: AbstractSet[int]) -> None:
        faults = Faults()
        for row in islice(stream_table(path), _SHOWN):
            said = read_row(row.number, row, table, faults)
            if said is not None:
                ended = OPEN if said.is_open else said.closed_as or UNKNOWN
                opened = timezone.localdate(said.opened_at).isoformat()
                line = (said.key, opened, ended, said.unit, said.words[:40])
                mark = "✗ " if row.number in refused else "  "
                self.stdout.write(mark + " | ".join(line).replace("\n", " "))

    def _tell(self, of: CaseImport) -> None:
        if sys.stdout.isatty() or of.position == of.rows or of.position % 10_000 == 0:
            self.stdout.write(f"\r  {of.position}/{of.rows}", ending="")
            self.stdout.flush()

    def _sum_up(self, of: CaseImport, seconds: float) -> None:
        self.stdout.write("")
        self.stdout.write(
            _("导入%(taken)d件，早已导入%(known)d件，未导入%(refused)d行；%(rate).0f行/秒")
            % {
                "taken": of.taken,
                "known": of.known,
                "refused": of.refused,
                "rate": of.rows / max(seconds, 0.001),
            }
        )
        if of.without_contact:
            said = _("其中%(number)d件受理至今已满三年，按规定不再保存联系方式")
            self.stdout.write(said % {"number": of.without_contact})
