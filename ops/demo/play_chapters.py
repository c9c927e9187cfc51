"""The chapters that any month can play while it is open, and while one is on notice."""

from __future__ import annotations

from ops.demo import (
    play_activities,
    play_afterwards,
    play_alliance,
    play_cards,
    play_claims,
    play_counter,
    play_notice,
    play_oversight,
    play_records,
    play_requests,
    play_rulebooks,
)
from ops.demo.play_calls import PANELIST, Answer, Play


def play_records_of_today(play: Play) -> Answer:
    """Chapter one; returns the donation that was decided."""
    play.title("记录与审核", "recording and approval")
    play_records.approve(play, play_records.record_snow(play), PANELIST)
    play_records.hit_the_limit(play)
    play_records.refuse_recording_for_oneself(play)
    gift = play_records.decide_a_range(play)
    play_records.deduct_with_reason(play)
    play_records.look_at_own_points(play)
    return gift


def play_the_points_engine(play: Play) -> None:
    """A claim, an activity, a draft from a template, and what is looked after by itself."""
    play.title("居民申报", "a member claims")
    play_claims.claim_with_a_photo(play)
    play.title("活动签到与结算", "an activity, checked in to and settled")
    play_activities.play_an_activity(play)
    play.title("起草细则", "drafting a rulebook")
    play_rulebooks.start_from_a_template(play)
    play.title("基础分、到期、内部监督", "base points, expiry, insider checks")
    play_oversight.grant_base_again(play)
    play_oversight.see_what_expires(play)
    play_oversight.look_for_outliers(play)


def try_the_next_version(play: Play) -> None:
    """A change of the rulebook, tried on the month before this one."""
    play.title("修改细则先试算", "a change is tried before it is adopted")
    play_rulebooks.try_a_change(play)


def play_a_shop(play: Play) -> Answer:
    """A shop joins, is paid in three ways, is reported, and leaves again; returns the report."""
    play.title("商户联盟", "the alliance")
    shop = play_alliance.open_shop(play)
    play.title("核销之一：一分钟一换的兑换码", "redemption by a code that changes every minute")
    receipt = play_counter.redeem_once(play, shop)
    play_counter.cancel(play, shop, receipt)
    play_counter.withdraw(play, shop)
    play.title("核销之二：扫店里的码", "redemption at the shop's standing QR")
    play_requests.accept(play, shop)
    play_requests.decline(play, shop)
    play.title("核销之三：积分兑换卡", "redemption by card and PIN, without a phone")
    paid = play_cards.pay_by_card(play, shop)
    play.title("投诉", "a report")
    replied = play_afterwards.report(play, shop, paid)
    play_alliance.close_shop(play, shop)
    return replied


def close_the_report(play: Play, replied: Answer) -> None:
    """On a clock that stands: the outcome, and the reversal of something older."""
    play.title("投诉结论与复核退回", "the outcome, and a reviewed reversal")
    play_afterwards.uphold(play, replied, asks_reversal=False)
    play_afterwards.decline_an_older_one(play)


def give_back_next_month(play: Play, replied: Answer) -> None:
    """The outcome with its reversal, when the month of the redemption is over."""
    play.title("投诉结论，积分跨月退回", "the outcome, and points that return across a month end")
    play_afterwards.give_back_after_a_report(play, replied)


def play_the_notice(play: Play) -> None:
    """Chapter four: the board, the own row, an objection and its reply, what is still needed."""
    play.title("公示与异议", "notice and objections")
    notice = play_notice.read_the_notice(play)
    if notice is None:
        return
    month = notice["month"]
    play_notice.find_the_own_row(play, month)
    if notice["takes_objections"]:
        words = f"{month} 的清扫活动我也参加了，漏记了一次。"
        play_notice.dismiss(play, play_notice.object_to_something_missing(play, month, words))
    else:
        play.note("公示已满，不再收异议", "the notice is over and takes no objections any more")
    play_notice.tell_what_is_missing(play, month)
