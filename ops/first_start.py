"""What stands before the first call: an operator, and the working days of a year."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from community import accounts, roles
from community.models import District
from community.role_names import RoleName
from kernel import clock, http, unit_of_work, working_days
from kernel.access import Place, system_actor
from kernel.database import db
from kernel.errors import NotFound


@click.command("first-operator")
@click.argument("login_name")
@click.option("--name", default="运维", help="The name that others see.")
@click.option("--password", envvar="LINLI_OPERATOR_PASSWORD", required=True)
@with_appcontext
def first_operator(login_name: str, name: str, password: str) -> None:
    """Make the account of an operator, who enters everything else over HTTP."""
    try:
        accounts.by_login_name(login_name)
    except NotFound:
        unit_of_work.run(make_operator, login_name=login_name, name=name, password=password)
    click.echo(f"{login_name} is here")


def make_operator(*, login_name: str, name: str, password: str) -> None:
    """An account with the role of an operator from today."""
    now = clock.now()
    actor = system_actor(http.hooks().roles, "first-operator")
    account = accounts.create(
        actor=actor,
        now=now,
        place=Place(),
        login_name=login_name,
        password=password,
        display_name=name,
    )
    roles.grant(
        actor=actor,
        now=now,
        account_id=account.id,
        role=RoleName.OPERATOR,
        place=Place(),
        granted_from=clock.business_date(now),
    )


@click.command("enter-calendar")
@click.argument("year", type=int)
@with_appcontext
def enter_calendar(year: int) -> None:
    """Enter the published working days of YEAR in every district."""
    days = working_days.published_year(year)
    for district_id, code in db.session.execute(select(District.id, District.code)).all():
        unit_of_work.run(
            working_days.enter_year, district_id=district_id, days=days, is_provisional=False
        )
        click.echo(f"{code}: {sum(days.values())} working days in {year}")


COMMANDS = [first_operator, enter_calendar]
