"""Who signs in: accounts, sessions, role grants."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from community.role_names import RoleName
from kernel.constraints import WORD, one_of, period
from kernel.database import Base, LocalRow, UtcDateTime

#: A member is bound, never granted.
GRANTABLE = tuple(role for role in RoleName if role is not RoleName.MEMBER)


class UserAccount(LocalRow, Base):
    """A person or shop that signs in: by name and password, or by WeChat."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("login_name IS NOT NULL OR openid IS NOT NULL", name="some_way_to_sign_in"),
        CheckConstraint(
            "(login_name IS NULL) = (password_hash IS NULL)", name="name_and_password_together"
        ),
        # serves: the other accounts of a person
        Index(None, "person_id"),
        # serves: other accounts of one WeChat user
        Index(None, "unionid"),
    )

    login_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    openid: Mapped[str | None] = mapped_column(String(64), unique=True)
    unionid: Mapped[str | None] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(40))
    #: Shared by the accounts of one person (community/persons.py); None for an account alone.
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    is_disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SignInSession(LocalRow, Base):
    """One sign-in; the token itself is never stored."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        # serves: ending all sessions of an account
        Index(None, "account_id"),
        CheckConstraint(
            "(counter_community_id IS NULL) = (counter_merchant_id IS NULL)",
            name="counter_is_community_and_merchant",
        ),
        CheckConstraint("expires_at_utc > issued_at_utc", name="expires_after_issue"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    token_hmac: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: The shop a clerk is signed in to.
    counter_community_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    counter_merchant_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class WebTicket(LocalRow, Base):
    """A one-time ticket by which a signed-in app opens the pages; the ticket itself is not stored.

    It lives a minute and works once, while the session that asked for it still stands.
    """

    __tablename__ = "web_ticket"
    __deletable__ = True
    __table_args__ = (
        # serves: a session that asks again gives its earlier ticket up
        Index(None, "session_id"),
        CheckConstraint("expires_at_utc > issued_at_utc", name="expires_after_issue"),
    )

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_in_session.id"))
    token_hmac: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RoleGrant(LocalRow, Base):
    """A role of an account at a place or merchant in [granted_from, granted_to); never edited.

    The places that are null are not narrowed: a street officer's grant names the street only.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", GRANTABLE),
        period("granted_from", "granted_to"),
        CheckConstraint(
            "(role IN ('merchant_owner', 'merchant_clerk')) = (merchant_id IS NOT NULL)",
            name="merchant_for_merchant_roles",
        ),
        CheckConstraint(
            "community_id IS NOT NULL OR role NOT IN ('grid_worker', 'panelist', 'supervisor',"
            " 'community_admin', 'merchant_owner', 'merchant_clerk')",
            name="community_for_community_roles",
        ),
        CheckConstraint("grid_id IS NULL OR role = 'grid_worker'", name="grid_for_grid_workers"),
        CheckConstraint("(ended_at_utc IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        # serves: what an account may do, read with every request
        Index(None, "account_id"),
        # serves: who holds a role in a community
        Index(None, "community_id", "role"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(WORD))
    district_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("district.id"))
    street_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("community.id"))
    #: merchants is a package above; the id is checked where the grant is made.
    merchant_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The one grid a grid worker looks after; null means every grid of the community.
    grid_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    granted_from: Mapped[dt.date] = mapped_column(Date)
    granted_to: Mapped[dt.date | None] = mapped_column(Date)
    granted_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    granted_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: Ended before its time, at this instant, by whom.
    ended_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
