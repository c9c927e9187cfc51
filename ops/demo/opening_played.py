"""What one community had on paper before: an Excel batch, confirmed by the supervision group."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from functools import partial

from kernel import clock
from ops.demo.people import DemoPerson
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from points.batches import deciding, template, uploading
from points.models import BatchKind

COMMUNITY = "jianbei"
FILENAME = "建北社区纸质台账期初积分（演示）.xlsx"
#: Spread over so many households that the sum may stand on the notice.
PEOPLE = 12
LEDGER_POINTS = (12, 8, 15, 6, 20, 9.5, 11, 7, 18, 5, 13, 10)


@dataclass(frozen=True)
class Opening:
    """One batch in the month that is on notice today."""

    hood: Neighbourhood
    script: Script

    def write(self) -> None:
        """Uploaded by the administrator, confirmed the day after."""
        if self.hood.code != COMMUNITY:
            return
        month = self.hood.stage.days.on_notice
        day = clock.first_day(month).replace(day=10)
        self.script.at(clock.at(day, dt.time(14, 0)), self._upload)

    def _upload(self, now: dt.datetime) -> None:
        uploaded = uploading.upload(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            kind=BatchKind.OPENING,
            content=_workbook(self._people()),
            filename=FILENAME,
        )
        if uploaded.id is None:
            raise AssertionError("a batch that is no dry run is stored")
        confirm = partial(self._confirm, uploaded.id)
        self.script.at(now + dt.timedelta(days=1), confirm)

    def _confirm(self, batch_id: uuid.UUID, now: dt.datetime) -> None:
        deciding.confirm(
            actor=self.hood.staff("super1"),
            now=now,
            community_id=self.hood.community_id,
            batch_id=batch_id,
            version=1,
        )

    def _people(self) -> list[DemoPerson]:
        """The first one of each household that has nobody in office."""
        people = self.hood.population.people
        offices = {each.household_code for each in people if each.cast_login}
        homes: dict[str, DemoPerson] = {}
        for each in people:
            if each.household_code and each.household_code not in offices:
                homes.setdefault(each.household_code, each)
        return list(homes.values())[:PEOPLE]


def _workbook(people: list[DemoPerson]) -> bytes:
    """The product's own empty table, filled in."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(template.TEMPLATE.as_xlsx()))
    sheet = book.worksheets[0]
    for person, points in zip(people, LEDGER_POINTS, strict=False):
        sheet.append([person.household_code, None, person.name, points, None, "纸质台账结余"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
