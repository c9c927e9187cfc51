"""What a caller of this package may do wrong, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated

# --- sign-in


class WrongCredentials(Unauthenticated):
    """One answer for an unknown name, a wrong password and a disabled account."""

    code = "wrong_credentials"
    zh = "账号或密码不对，请核对后再试。"
    en = "The name or the password is wrong. Please check and try again."


class CounterUnknown(Invalid):
    code = "counter_unknown"
    zh = "这个账号不是这家店的店主或店员，请核对社区和商户。"
    en = "This account does not serve that shop. Please check the community and the merchant."


class CounterNeeded(Conflict):
    code = "counter_needed"
    zh = "这个账号在几家店都有身份，请写明登录哪个社区的哪家店。"
    en = "This account serves several shops. Please name the community and the merchant."


# --- accounts and roles


class LoginNameTaken(Conflict):
    code = "login_name_taken"
    zh = "这个登录名已经有人用了，请换一个。"
    en = "This login name is taken. Please choose another one."


class PasswordTooWeak(Invalid):
    code = "password_too_weak"
    zh = "密码至少 {least} 位，不能和登录名一样。"
    en = "A password has at least {least} characters and differs from the login name."


class IncompatibleRoles(Conflict):
    code = "incompatible_roles"
    zh = "同一个社区里，“{role}”和“{held}”不能由一个人担任。"
    en = "One person cannot be {role} and {held} in the same community."


class RoleScopeWrong(Invalid):
    code = "role_scope_wrong"
    zh = "这个角色要授予在{wanted}。"
    en = "This role is granted at a {wanted}."


class RoleNotGrantable(Forbidden):
    code = "role_not_grantable"
    zh = "您不能授予这个角色。"
    en = "You cannot grant this role."


class RoleAlreadyHeld(Conflict):
    code = "role_already_held"
    zh = "这个人在这里已经有这个角色了。"
    en = "This person already holds this role here."


class GrantEnded(Conflict):
    code = "grant_ended"
    zh = "这次授予已经结束了。"
    en = "This grant has already ended."


class PeriodReversed(Invalid):
    code = "period_reversed"
    zh = "结束日期要晚于开始日期。"
    en = "The end must be later than the beginning."
