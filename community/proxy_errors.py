"""What may go wrong with proxies and children, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, NotFound


class NotOneHousehold(Invalid):
    code = "not_one_household"
    zh = "只能由同一户的另一位居民代办，请核对。"
    en = "Only another member of the same household can act for somebody."


class AlreadyProxy(Conflict):
    code = "already_proxy"
    zh = "已经是代办人了，不用再办。"
    en = "This member is a proxy already."


class ProxyEnded(Conflict):
    code = "proxy_ended"
    zh = "这项代办已经取消了。"
    en = "This was revoked already."


class NotYourProxy(NotFound):
    code = "proxy_unknown"
    zh = "没有找到这位居民，或您不能为其代办。"
    en = "No such member, or you may not act for them."


class NicknameTaken(Conflict):
    code = "nickname_taken"
    zh = "这一户已有叫这个小名的孩子，请换一个。"
    en = "The household has a child of this nickname already. Please choose another."


class NicknameInvalid(Invalid):
    code = "nickname_invalid"
    zh = "小名 1 到 20 个字，不要填真名、数字或符号。"
    en = "A nickname has 1 to 20 letters, no digits or signs, and is not the real name."


class ChildEnded(Conflict):
    code = "child_ended"
    zh = "这个孩子的登记已经结束。"
    en = "This child's entry has ended already."
