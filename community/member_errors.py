"""What may be wrong with members, households and grids, one field at a time."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid


class NameInvalid(Invalid):
    code = "name_invalid"
    zh = "姓名用 1 到 40 个字，只能有文字和“·”，不能有数字和符号。"
    en = "A name has 1 to 40 letters; digits and symbols do not belong in it."


class KindUnknown(Invalid):
    code = "kind_unknown"
    zh = "类别“{given}”不认识，请从这些里选：小区居民、在职党员、网格员、物业服务人员、新就业群体。"
    en = "Not a kind: resident, in-service Party member, grid worker, property staff or"
    en += " new-employment worker."


class KindMissing(Invalid):
    code = "kind_missing"
    zh = "至少要有一个类别。"
    en = "At least one kind is needed."


class TagInvalid(Invalid):
    code = "tag_invalid"
    zh = "标签“{given}”不认识，请用：易地搬迁户、党员、记录员、学生，或小写字母的标签代码。"
    en = "The tag is not known. Use a code of lower-case letters, digits and underscores."


class TagIsKind(Invalid):
    code = "tag_is_kind"
    zh = "“{given}”是类别，请填在类别里。"
    en = "This is a kind, not a tag. Please enter it as a kind."


class GridUnknown(Invalid):
    code = "grid_unknown"
    zh = "没有网格“{given}”，请先登记网格或改正。"
    en = "There is no such grid. Please add it first or correct it."


class GridNumberTaken(Conflict):
    code = "grid_number_taken"
    zh = "{number} 号网格已经有了。"
    en = "Grid {number} exists already."


class HouseholdUnknown(Invalid):
    code = "household_unknown"
    zh = "户号“{given}”还没有登记，请同时填网格，或先登记这一户。"
    en = "This household is not known. Give its grid as well, or add the household first."


class HouseholdElsewhere(Invalid):
    code = "household_elsewhere"
    zh = "户号“{given}”不在这个网格，请核对。"
    en = "This household lies in another grid. Please check."


class HouseholdCodeInvalid(Invalid):
    code = "household_code_invalid"
    zh = "户号用 2 到 8 位数字或大写字母，例如 0305。"
    en = "A household code has 2 to 8 digits or capital letters, such as 0305."


class HouseholdCodeTaken(Conflict):
    code = "household_code_taken"
    zh = "户号 {given} 已经有了。"
    en = "Household {given} exists already."


class MemberExists(Conflict):
    code = "member_exists"
    zh = "这一户（或不在户内的人员）里已有同名居民；确实是另一个人，请勾选“同名不同人”。"
    en = "There is a member of this name already. If it is somebody else, confirm the namesake."


class MemberLeft(Conflict):
    code = "member_left"
    zh = "这位居民已经离开，不能再改。"
    en = "This member has left and cannot be changed any more."


class NothingToChange(Invalid):
    code = "nothing_to_change"
    zh = "和现在登记的一样，没有要改的。"
    en = "This is what is recorded already; there is nothing to change."


class DateInFuture(Invalid):
    code = "date_in_future"
    zh = "日期不能晚于今天。"
    en = "The date cannot be later than today."


class DateTooEarly(Invalid):
    code = "date_too_early"
    zh = "日期不能早于 {earliest}。"
    en = "The date cannot be earlier than {earliest}."


class DateUnreadable(Invalid):
    code = "date_unreadable"
    zh = "日期“{given}”看不懂，请写成 2026-11-21。"
    en = "This date cannot be read. Please write it like 2026-11-21."


class SeniorYearInvalid(Invalid):
    code = "senior_year_invalid"
    zh = "满 60 岁年份要在 1950 到 2100 之间，只填年份。"
    en = "The year of turning 60 lies between 1950 and 2100; give the year only."


class TagAlreadyHeld(Conflict):
    code = "tag_already_held"
    zh = "这位居民已经有这个标签了。"
    en = "This member carries the tag already."


class TagEnded(Conflict):
    code = "tag_already_ended"
    zh = "这个标签已经结束了。"
    en = "This tag has ended already."


# --- leaving


class HeirElsewhere(Invalid):
    code = "heir_elsewhere"
    zh = "接收积分的人要是同一户的另一位居民，请核对。"
    en = "The points can only go to another member of the same household."


class TargetWrong(Invalid):
    code = "target_wrong"
    zh = "只有搬到平台内另一个社区时才填迁入社区。"
    en = "Name the other community only for somebody who moves within the platform."
