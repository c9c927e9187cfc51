"""What may go wrong with activities, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class ActivityUnknown(NotFound):
    code = "activity_unknown"
    zh = "没有找到这个活动，请核对后再试。"
    en = "There is no such activity. Please check and try again."


class NotOrganiser(Forbidden):
    code = "not_organiser"
    zh = "您不是这个活动的组织者，请找组织者办理。"
    en = "You do not organise this activity. Please ask one of its organisers."


class OrganiserNotAllowed(Invalid):
    code = "organiser_not_allowed"
    zh = "组织者只能是本社区的网格员、评议组成员或社区管理员，请核对名单。"
    en = "An organiser must be a grid worker, panelist or administrator of this community."


class IllegalActivityStep(Conflict):
    code = "illegal_activity_step"
    zh = "这个活动现在是“{state}”，不能办“{step}”。"
    en = "This activity is {state_en}; this cannot be done now: {step_en}."


class ActivityTimesWrong(Invalid):
    code = "activity_times_wrong"
    zh = "结束时间要晚于开始时间，全程在同一天内，而且还没有过去。"
    en = "It must end after it starts, on the same day, and not be over already."


class NotYet(Conflict):
    code = "activity_not_yet"
    zh = "还没到时间：最早在开始前 {minutes} 分钟。"
    en = "It is too early: at most {minutes} minutes before the start."


class ActivityOver(Conflict):
    code = "activity_over"
    zh = "活动时间已过，不能再签到；漏签的请找组织者。"
    en = "The activity is over, so nobody can check in any more. Please ask the organiser."


class NotRunning(Conflict):
    code = "activity_not_running"
    zh = "活动现在没有在进行，不能签到签退。"
    en = "The activity is not running now, so nobody can check in or out."


class ItemNotForActivity(Invalid):
    code = "item_not_for_activity"
    zh = "扣分项目不能用于活动，请另选。"
    en = "This item cannot be earned in an activity. Please choose a bonus item."


class ItemNotInHours(Invalid):
    code = "item_not_in_hours"
    zh = "这个项目不按时间计，不能要求签退计时。"
    en = "This item is not counted in hours or minutes, so hours cannot count."


class HoursMustCount(Invalid):
    code = "hours_must_count"
    zh = "这个项目按时间计，活动要签退计时。"
    en = "This item is counted in time, so hours must count in the activity."


class FixedWhileRunning(Conflict):
    code = "fixed_while_running"
    zh = "活动已经开始，这一项不能再改；可以改地点、名额和结束时间。"
    en = "This cannot change while it runs; place, capacity and end can."


class AudienceWrong(Invalid):
    code = "audience_wrong"
    zh = "参加对象和细则不符：居民的项目给居民，商户的项目给商户。"
    en = "The audience does not fit the rulebook: members' items are for members only."


class CapacityTooSmall(Conflict):
    code = "capacity_too_small"
    zh = "已有 {enrolled} 人报名，名额不能更少。"
    en = "{enrolled} are enrolled already; there cannot be fewer places."


class ReasonNeeded(Invalid):
    code = "reason_needed"
    zh = "请写明原因。"
    en = "Please give the reason."


# --- enrolment


class NotForYou(Forbidden):
    code = "not_for_you"
    zh = "这个活动不面向您的身份。"
    en = "This activity is not meant for you."


class EnrolmentClosed(Conflict):
    code = "enrolment_closed"
    zh = "现在不能报名或取消：报名还没有开始，或已经结束。"
    en = "Enrolment has not begun yet, or is over."


class AlreadyEnrolled(Conflict):
    code = "already_enrolled"
    zh = "已经报过名了（或已在候补名单里）。"
    en = "Already enrolled, or already on the waiting list."


class NotEnrolled(Conflict):
    code = "not_enrolled"
    zh = "没有报名记录，不用取消。"
    en = "There is no enrolment to withdraw."


class AlreadyCame(Conflict):
    code = "already_came"
    zh = "已经签到，不能再取消报名；有误请找组织者撤销签到。"
    en = "Already checked in, so the enrolment stays. Ask the organiser to strike a mistake."


class ActivityFull(Conflict):
    code = "activity_full"
    zh = "名额已满，请找组织者增加名额或办理候补。"
    en = "There is no place left. Please ask the organiser."


# --- coming and leaving


class CodeUnreadable(Invalid):
    code = "code_unreadable"
    zh = "这不是本社区活动的签到码，请对准组织者屏幕再扫。"
    en = "This is not a code of an activity here. Please scan the organiser's screen."


class CodeOld(Conflict):
    code = "code_old"
    zh = "这个码已经过期（可能是照片），请到现场扫组织者屏幕上的码。"
    en = "This code is too old, perhaps a photo. Please scan the one on the screen now."


class AlreadyCheckedIn(Conflict):
    code = "already_checked_in"
    zh = "已经签到过，不用再签。"
    en = "Already checked in; once is enough."


class NotCheckedIn(Conflict):
    code = "not_checked_in"
    zh = "还没有签到，不能签退；请找组织者。"
    en = "Not checked in, so there is nothing to check out of. Please ask the organiser."


class AlreadyCheckedOut(Conflict):
    code = "already_checked_out"
    zh = "已经签退过，不用再签。"
    en = "Already checked out."


class HoursDoNotCount(Conflict):
    code = "hours_do_not_count"
    zh = "这个活动不计时，不用签退。"
    en = "Hours do not count in this activity, so nobody checks out."


class CardsNotInUse(Conflict):
    code = "cards_not_in_use"
    zh = "本社区还没有启用积分兑换卡，请按户号或姓名查找后签到。"
    en = "Cards are not in use here. Please find the member by household code or name."


class WhoMissing(Invalid):
    code = "who_missing"
    zh = "请写明是谁：居民、商户或卡号，只能填一个。"
    en = "Please name one member, one merchant or one card."


class TimeOutside(Invalid):
    code = "time_outside"
    zh = "签退时间要在签到之后、活动结束之前，且不晚于现在。"
    en = "The time of leaving must lie after coming, before the end, and not in the future."


# --- settlement


class LeavingMissing(Conflict):
    code = "leaving_missing"
    zh = "还有 {count} 人没有签退，请逐个写明签退时间和原因后再结算。"
    en = "{count} did not check out. Please give each a time and a reason, then settle."


class NothingLeft(Conflict):
    code = "nothing_left"
    zh = "没有留给您办理的人：要么都已记录，要么是您本人或您家里人。"
    en = "Nobody is left for you: all are recorded, or they are you or your household."
