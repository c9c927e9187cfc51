"""What may go wrong with accounts, roles and bindings; members and files have their own modules."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated

# --- signing in


class SignInRefused(Unauthenticated):
    """Unknown name and wrong password look the same, and take the same time."""

    code = "sign_in_refused"
    zh = "登录名或密码不对，请核对后再试。"
    en = "The login name or the password is not right. Please check and try again."


class SessionEnded(Unauthenticated):
    code = "session_ended"
    zh = "登录已过期，请重新登录。"
    en = "This sign-in has ended. Please sign in again."


class AccountDisabled(Forbidden):
    code = "account_disabled"
    zh = "这个账号已停用，请联系社区。"
    en = "This account is disabled. Please ask your community."


class CounterNotYours(Forbidden):
    code = "counter_not_yours"
    zh = "您不是这家店在这个社区的店主或店员，不能登录它的柜台。"
    en = "You are neither owner nor clerk of this shop in this community."


class TicketEnded(Invalid):
    code = "ticket_ended"
    zh = "这个进入口令用过了或过时了（只管一分钟）。请回到小程序再打开一次。"
    en = "This ticket was used or has run out (it lasts a minute). Please open it again in the app."


# --- accounts


class LoginNameInvalid(Invalid):
    code = "login_name_invalid"
    zh = "登录名用 3 到 40 个小写字母、数字、点或短横，以字母或数字开头。"
    en = "A login name has 3 to 40 lower-case letters, digits, dots or hyphens."


class LoginNameTaken(Conflict):
    code = "login_name_taken"
    zh = "这个登录名已经有人用了，请换一个。"
    en = "This login name is taken. Please choose another."


class PasswordTooWeak(Invalid):
    code = "password_too_weak"
    zh = "密码要 10 到 128 个字符，不能全是同一个字符，也不能包含登录名。"
    en = "A password has 10 to 128 characters, not all the same, and not the login name in it."


class PasswordWrong(Invalid):
    code = "password_wrong"
    zh = "原密码不对，请重新填写。"
    en = "The present password is not right."


# --- roles


class RoleNotGrantable(Invalid):
    code = "role_not_grantable"
    zh = "“{role}”不能在这里授予。"
    en = "The role {role} cannot be granted here."


class RolePlaceWrong(Invalid):
    code = "role_place_wrong"
    zh = "“{role}”要授在对应的范围：请核对区、街道、社区、商户或网格。"
    en = "{code_name} is granted for another kind of place. Please check the place."


class RolesIncompatible(Conflict):
    code = "roles_incompatible"
    zh = "同一人在同一社区不能既是“{role}”又是“{other}”，请先结束其中一个。"
    en = "One person cannot be {code_name} and {other_code_name} in one community."


class RoleAlreadyHeld(Conflict):
    code = "role_already_held"
    zh = "这段时间已经有这个身份了，不用重复授予。"
    en = "This role is already held in this period."


class PeriodEmpty(Invalid):
    code = "period_empty"
    zh = "结束日期要晚于开始日期。"
    en = "The end must be after the start."


class GrantEnded(Conflict):
    code = "grant_already_ended"
    zh = "这个身份已经结束了。"
    en = "This role has already ended."


class SelfGrant(Forbidden):
    code = "self_grant"
    zh = "不能给自己授予身份，请由别人办理。"
    en = "Nobody grants a role to the own account. Please ask somebody else."


# --- binding


class OwnHousehold(Forbidden):
    code = "own_household"
    zh = "不能办自己家的绑定，请由别的网格员或社区办理。"
    en = "Nobody binds members of the own household. Please ask a colleague."


class GridNotYours(Forbidden):
    code = "grid_not_yours"
    zh = "这一户不在您的网格，请由该网格的网格员办理。"
    en = "This household is not in your grid. Please ask its grid worker."


class HouseholdEmpty(Conflict):
    code = "household_empty"
    zh = "这一户现在没有居民，请先登记居民。"
    en = "Nobody lives in this household at present. Please add its members first."


class OwnSlip(Forbidden):
    code = "own_slip"
    zh = "自己开的绑定单不能自己用，请交给那一户；自己家的请同事开。"
    en = "Nobody uses a slip they made themselves. Hand it to the household, or ask a colleague."


class MemberNotOnSlip(Invalid):
    code = "member_not_on_slip"
    zh = "这个人不在绑定单写的那一户，请从名单里选。"
    en = "This person does not live in the household of the slip. Please choose from the list."


class AlreadyBound(Conflict):
    code = "already_bound"
    zh = "这个账号已经绑定了这位居民，不用再绑。"
    en = "This account is already bound to this member."


class MemberNotBound(Conflict):
    code = "member_not_bound"
    zh = "这位居民还没有绑定自己的账号；请先给本人办理绑定，再登记工作账号是谁的。"
    en = "This member signs in by no account yet. Bind the person first, then say whose it is."


class RequestWaiting(Conflict):
    code = "request_waiting"
    zh = "您已有一份绑定申请在等网格员办理。"
    en = "A request of yours is already waiting for the grid worker."


class RequestDecided(Conflict):
    code = "request_decided"
    zh = "这份申请已经办过了，请刷新看看。"
    en = "This request has already been decided. Please refresh."
