"""Why what is personal about somebody is not erased, or not yet."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid


class StillMember(Conflict):
    code = "still_member"
    zh = "这位居民还没有离开本社区，不能删除个人信息；请先办理离开。"
    en = "This person has not left the community. Enter the departure first."


class ErasedAlready(Conflict):
    code = "erased_already"
    zh = "这位居民的个人信息已经删除过了。"
    en = "What is personal about this member has been erased already."


class ErasureTooEarly(Conflict):
    code = "erasure_too_early"
    zh = "还有没办完的事：{open_zh}。办完以后再删除，否则本人的权益没法处理。"
    en = "Something is still open: {open_en}. Erase when it is done, or it could not be decided."


class NameDiffers(Invalid):
    code = "name_differs"
    zh = "填写的姓名和要删除的这位居民不一样，请核对是不是选错了人。"
    en = "The name typed is not that of the member to be erased. Check that it is the right person."


class ReasonMissing(Invalid):
    code = "erasure_reason_missing"
    zh = "请写明是谁、以什么方式提出的删除要求。"
    en = "Write down who asked for the erasure, and how."
