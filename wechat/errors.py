"""What may go wrong between us and WeChat, each with a stable code."""

from __future__ import annotations

from kernel.errors import Forbidden, Invalid, TooMany, Unavailable


class WeChatCodeInvalid(Invalid):
    """The wx.login code is unknown, older than five minutes, used, or of another app."""

    code = "wechat_code_invalid"
    zh = "微信登录凭证已失效，请重新打开小程序再试。"
    en = "This WeChat sign-in code is no longer valid. Please reopen the mini-program."


class WeChatTooFrequent(TooMany):
    """WeChat's own limit: 100 sign-ins per user and minute, or a quota of the API."""

    code = "wechat_too_frequent"
    zh = "微信登录太频繁，请过 {retry_after} 秒再试。"
    en = "Too many WeChat requests. Please try again in {retry_after} seconds."


class WeChatUserBlocked(Forbidden):
    """WeChat holds this user to be high-risk and does not sign them in."""

    code = "wechat_user_blocked"
    zh = "微信暂时限制了这个账号登录，请到社区窗口办理。"
    en = "WeChat does not let this account sign in now. Please ask at the community counter."


class WeChatUnavailable(Unavailable):
    """No answer, a late one, or one that cannot be read; trying again later may help."""

    code = "wechat_unavailable"
    zh = "微信暂时连不上，请稍后再试。"
    en = "WeChat does not answer now. Please try again shortly."


class WeChatRefused(Unavailable):
    """WeChat understood and said no; the same request will be refused again.

    Usually a wrong setting (appid, secret, template, field of a template), so it is ours to mend.
    ``errcode`` is WeChat's number.
    """

    code = "wechat_refused"
    zh = "微信没有接受这次请求，请联系社区工作人员。"
    en = "WeChat did not accept this request. Please tell the community office."

    def __init__(self, *, errcode: int) -> None:
        super().__init__(retry_after=60)
        self.errcode = errcode


class WeChatValueUnfit(Invalid):
    """A value does not fit the kind of its template field and must not be cut to fit."""

    code = "wechat_value_unfit"
    zh = "消息里的“{key}”不符合微信模板的格式。"
    en = "The message value {key} does not fit the format of the WeChat template."

    def __init__(self, *, key: str) -> None:
        super().__init__(key=key)


class PushNotSigned(Forbidden):
    """A signature that the token does not make, an old or missing timestamp, or no token here."""

    code = "push_not_signed"
    zh = "这条消息不是微信发来的，或者已经过时。"
    en = "This message does not come from WeChat, or it is too old."


class PushTooLong(Invalid):
    code = "push_too_long"
    zh = "这条消息超过 {most} 字节，没有收下。"
    en = "This message is longer than {most} bytes and was not taken."


class PushUnreadable(Invalid):
    code = "push_unreadable"
    zh = "这条消息读不懂；请把消息推送的数据格式设为 JSON。"
    en = "This message cannot be read. Set the data format of the message push to JSON."


class PushModeDiffers(Invalid):
    """WeChat's console and our setting do not say the same mode."""

    code = "push_mode_differs"
    zh = "消息推送的加解密方式和这里的设置（WECHAT_PUSH_MODE）不一样，请改成一致。"
    en = "WeChat's console and WECHAT_PUSH_MODE name different modes. Set both to the same one."


class PushUndecipherable(Invalid):
    code = "push_undecipherable"
    zh = "这条消息解不开；请核对 EncodingAESKey（WECHAT_PUSH_AES_KEY）和微信后台是否一致。"
    en = "This message cannot be decrypted. Check WECHAT_PUSH_AES_KEY against EncodingAESKey."


class PushOfAnotherApp(Forbidden):
    code = "push_of_another_app"
    zh = "这条消息是发给别的小程序的；请核对 WECHAT_APPID。"
    en = "This message is for another mini-program. Check WECHAT_APPID."
