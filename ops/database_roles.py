"""``flask ops init-roles``: the two roles of PostgreSQL, the owner and the application.

The owner (``migrator``) creates tables and grants; ``app`` may only INSERT and SELECT on the
ledger, acts and refused scans, so that not even a defect in the application can rewrite them.
"""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from kernel.guards import APP_ROLE
from kernel.settings import sqlalchemy_url

OWNER_ROLE = "migrator"


@click.command("init-roles")
@click.option("--admin-url", required=True, help="URL of a role that may create roles.")
@click.option("--owner-password", envvar="LINLI_OWNER_PASSWORD", required=True)
@click.option("--app-password", envvar="LINLI_APP_PASSWORD", required=True)
@with_appcontext
def init_roles(admin_url: str, owner_password: str, app_password: str) -> None:
    """Create the roles migrator (owner) and app, or set their passwords anew."""
    engine = sa.create_engine(sqlalchemy_url(admin_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for role, password in ((OWNER_ROLE, owner_password), (APP_ROLE, app_password)):
            ensure_role(connection, role, password)
            click.echo(f"role {role} is ready")
        database = connection.execute(sa.text("SELECT current_database()")).scalar_one()
        quoted = engine.dialect.identifier_preparer.quote(database)
        connection.execute(sa.text(f"ALTER DATABASE {quoted} OWNER TO {OWNER_ROLE}"))
        connection.execute(sa.text(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}"))
    engine.dispose()


def ensure_role(connection: sa.Connection, role: str, password: str) -> None:
    """Create ``role`` without any special right, or only set its password."""
    # PostgreSQL's driver: this command alone needs it in a process that runs on SQLite.
    from psycopg import sql

    known = connection.execute(
        sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).first()
    verb = "ALTER" if known else "CREATE"
    statement = sql.SQL(
        "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {password}"
    ).format(verb=sql.SQL(verb), role=sql.Identifier(role), password=sql.Literal(password))
    # A password cannot be a bound parameter here, so the driver quotes it.
    connection.exec_driver_sql(statement.as_string().replace("%", "%%"))


COMMANDS = [init_roles]
