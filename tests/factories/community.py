"""Minimal valid rows of people and places; parents that are not named are made."""

from __future__ import annotations

import datetime as dt
import uuid

import factory

from community import member_rules, models, sign_in_sessions
from kernel import one_time_codes
from kernel.ids import new_id
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
JOINED = dt.date(2026, 9, 1)


class DistrictFactory(RowFactory):
    class Meta:
        model = models.District

    id = factory.LazyFunction(new_id)
    name = factory.Sequence(lambda n: f"忻府区{n}")
    code = factory.Sequence(lambda n: f"d{n}")
    brand = "新晋邻"
    slogan = "新晋邻·忻和美"


class StreetFactory(RowFactory):
    class Meta:
        model = models.Street

    id = factory.LazyFunction(new_id)
    district_id = factory.LazyFunction(lambda: DistrictFactory().id)
    name = "桥西街街道"
    code = factory.Sequence(lambda n: f"s{n}")


class CommunityFactory(RowFactory):
    class Meta:
        model = models.Community

    id = factory.LazyFunction(new_id)
    street_id = factory.LazyFunction(lambda: StreetFactory().id)
    name = "怡居苑西社区"
    code = factory.Sequence(lambda n: f"c{n}")
    committee = "怡居苑西社区居民委员会"
    phone = "0350-555 0118"
    office = "南门党群服务中心一楼"
    hours = "工作日 8:30–18:00"
    alliance_name = "怡居苑西红色商业联盟"
    notice_working_days = 5


class GridFactory(RowFactory):
    class Meta:
        model = models.Grid

    id = factory.LazyFunction(new_id)
    number = factory.Sequence(lambda n: n % 900 + 1)
    name = factory.LazyAttribute(lambda row: f"{row.number} 网格")


class HouseholdFactory(RowFactory):
    class Meta:
        model = models.Household

    id = factory.LazyFunction(new_id)
    code = factory.Sequence(lambda n: f"H{n:04d}")
    grid_id = factory.LazyAttribute(lambda row: GridFactory(community_id=row.community_id).id)


class MemberFactory(RowFactory):
    """A member's row alone; MembershipFactory says what the member is."""

    class Meta:
        model = models.Member

    id = factory.LazyFunction(new_id)
    name = "张秀英"
    sort_key = factory.LazyAttribute(lambda row: member_rules.sort_key(row.name))
    joined_on = JOINED


class MembershipFactory(RowFactory):
    class Meta:
        model = models.Membership

    id = factory.LazyFunction(new_id)
    member_id = factory.LazyAttribute(lambda row: MemberFactory(community_id=row.community_id).id)
    kinds = factory.LazyFunction(lambda: ["resident"])
    valid_from = JOINED


class MemberTagFactory(RowFactory):
    class Meta:
        model = models.MemberTag

    id = factory.LazyFunction(new_id)
    tag = "party_member"
    valid_from = JOINED


class UserAccountFactory(RowFactory):
    """An account of a WeChat user."""

    class Meta:
        model = models.UserAccount

    id = factory.LazyFunction(new_id)
    openid = factory.Sequence(lambda n: f"openid-{n}")
    display_name = "微信用户"
    created_at_utc = NOW


class SignInSessionFactory(RowFactory):
    """A session whose token is the ``token`` that is passed."""

    class Meta:
        model = models.SignInSession
        exclude = ("token",)

    token = factory.LazyFunction(lambda: one_time_codes.new_token(256))
    id = factory.LazyFunction(new_id)
    account_id = factory.LazyFunction(lambda: UserAccountFactory().id)
    token_hmac = factory.LazyAttribute(lambda row: sign_in_sessions.digest(row.token))
    issued_at_utc = NOW
    expires_at_utc = NOW + dt.timedelta(hours=12)


class WebTicketFactory(RowFactory):
    class Meta:
        model = models.WebTicket

    id = factory.LazyFunction(new_id)
    session_id = factory.LazyFunction(lambda: SignInSessionFactory().id)
    token_hmac = factory.Sequence(lambda n: f"{n:064d}")
    issued_at_utc = NOW
    expires_at_utc = NOW + dt.timedelta(seconds=60)


class RoleGrantFactory(RowFactory):
    class Meta:
        model = models.RoleGrant

    id = factory.LazyFunction(new_id)
    account_id = factory.LazyFunction(lambda: UserAccountFactory().id)
    role = "community_admin"
    granted_from = JOINED
    granted_by = uuid.UUID(int=1)
    granted_at_utc = NOW


class MemberBindingFactory(RowFactory):
    class Meta:
        model = models.MemberBinding

    id = factory.LazyFunction(new_id)
    member_id = factory.LazyAttribute(lambda row: MemberFactory(community_id=row.community_id).id)
    account_id = factory.LazyFunction(lambda: UserAccountFactory().id)
    way = "slip"
    bound_at_utc = NOW


class HouseholdSlipFactory(RowFactory):
    class Meta:
        model = models.HouseholdSlip

    id = factory.LazyFunction(new_id)
    household_id = factory.LazyAttribute(
        lambda row: HouseholdFactory(community_id=row.community_id).id
    )
    code_hmac = factory.Sequence(lambda n: f"{n:064x}")
    made_by = uuid.UUID(int=1)
    made_at_utc = NOW
    expires_at_utc = NOW + dt.timedelta(days=7)


class BindingRequestFactory(RowFactory):
    class Meta:
        model = models.BindingRequest

    id = factory.LazyFunction(new_id)
    account_id = factory.LazyFunction(lambda: UserAccountFactory().id)
    member_id = factory.LazyAttribute(lambda row: MemberFactory(community_id=row.community_id).id)
    state = "waiting"
    asked_at_utc = NOW


class ConsentFactory(RowFactory):
    class Meta:
        model = models.Consent

    id = factory.LazyFunction(new_id)
    member_id = factory.LazyAttribute(lambda row: MemberFactory(community_id=row.community_id).id)
    account_id = uuid.UUID(int=1)
    document = "privacy"
    document_version = "1"
    document_sha256 = "0" * 64
    channel = "miniprogram"
    is_withdrawal = False
    at_utc = NOW


class MemberErasureFactory(RowFactory):
    class Meta:
        model = models.MemberErasure

    id = factory.LazyFunction(new_id)
    member_id = factory.LazyAttribute(lambda row: MemberFactory(community_id=row.community_id).id)
    way = "retention"
    erased_by = uuid.UUID(int=1)
    erased_at_utc = NOW
