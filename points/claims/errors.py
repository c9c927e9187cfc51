"""What may go wrong with a claim, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid


class ClaimTextMissing(Invalid):
    code = "claim_text_missing"
    zh = "请写明做了什么，审核的人要看。"
    en = "Please write what you did; those who decide will read it."


class NotOpenToClaims(Invalid):
    code = "not_open_to_claims"
    zh = "这个项目不由本人申报，请找{who_zh}记录。"
    en = "Members do not claim this item; it is recorded by {who_en}."


class ClaimQuotaReached(Conflict):
    code = "claim_quota_reached"
    zh = "今天已经申报了 {most} 件，明天再来；急事请到社区窗口办理。"
    en = "You have sent {most} claims today. Please come back tomorrow, or ask at the office."


class UploadQuotaReached(Conflict):
    code = "upload_quota_reached"
    zh = "今天上传的照片已到 {most} 张，明天再传。"
    en = "You have uploaded {most} photos today. Please come back tomorrow."


class PhotoUnknown(Invalid):
    code = "photo_unknown"
    zh = "照片没有找到，或者已经用在另一件申报里，请重新上传。"
    en = "A photo was not found or belongs to another claim. Please upload it again."


class PhotoTwice(Invalid):
    code = "photo_twice"
    zh = "同一张照片选了两次，请去掉一张。"
    en = "The same photo is named twice. Please remove one."


class IllegalClaimStep(Conflict):
    code = "illegal_claim_step"
    zh = "这件申报现在是“{state_zh}”，不能再{act_zh}。"
    en = "This claim is {state}; that cannot be done any more, or not yet."


class OwnClaim(Forbidden):
    code = "own_claim"
    zh = "自己申报的不能自己核对或审核，请换一位。"
    en = "Nobody checks or decides their own claim. Please ask somebody else."


class SecondPersonNeeded(Conflict):
    code = "second_person_needed"
    zh = "这个项目要 {count} 个人先后同意，您已经同意过，请换一位。"
    en = "This item asks for {count} people, and you are one of them already."


class DeclineWhyMissing(Invalid):
    code = "decline_why_missing"
    zh = "不予通过要写明理由，申报人会看到。"
    en = "Declining needs a reason; the claimant will read it."
