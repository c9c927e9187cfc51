"""The table of outlier rules: every threshold stands here, with the sentence it leads to."""

from __future__ import annotations

from collections.abc import Mapping

from points.rules.outlier import OutlierRule

_TABLE = (
    OutlierRule(
        code="records_most",
        title_zh="记录集中在一人",
        title_en="One person records most",
        least=20,
        percent=50,
        zh="{who}记录了{count}条，占本期全部{of}条的{percent}%。",
        en="{who} recorded {count} of all {of} ({percent}%).",
    ),
    OutlierRule(
        code="few_people",
        title_zh="只记少数人",
        title_en="Few people only",
        least=20,
        bound=3,
        zh="{who}记录了{of}条，只涉及{count}个人（户）。",
        en="{who} recorded {of} times, for {count} people (households) only.",
    ),
    OutlierRule(
        code="fast_recording",
        title_zh="连续记录过快",
        title_en="Recorded very fast",
        least=10,
        bound=10,
        zh="{who}有{count}次记录与上一条相隔不到{bound}秒。",
        en="{who} recorded {count} times within {bound} seconds of the record before.",
    ),
    OutlierRule(
        code="fast_approval",
        title_zh="审核过快",
        title_en="Approved very fast",
        least=10,
        percent=50,
        bound=20,
        zh="{who}审核{of}次，其中{count}次在记录（申报）后{bound}秒内就通过。",
        en="{who} approved {of} times, {count} of them within {bound} seconds of the record.",
    ),
    OutlierRule(
        code="late_recording",
        title_zh="记录过晚",
        title_en="Recorded late",
        least=10,
        percent=30,
        bound=15,
        zh="{who}记录的{of}条里，有{count}条在事情发生{bound}天以后才录入。",
        en="Of {of} records of {who}, {count} were entered more than {bound} days later.",
    ),
    OutlierRule(
        code="back_dated",
        title_zh="补录以前月份",
        title_en="Back-dated",
        least=5,
        percent=20,
        zh="{who}记录的{of}条里，有{count}条补录到以前的月份（{percent}%）。",
        en="Of {of} records of {who}, {count} belong to an earlier month ({percent}%).",
    ),
    OutlierRule(
        code="at_night",
        title_zh="夜间记录",
        title_en="Recorded at night",
        least=5,
        percent=20,
        zh="{who}记录的{of}条里，有{count}条在22点到次日6点录入。",
        en="Of {of} records of {who}, {count} were entered between 22:00 and 06:00.",
    ),
    OutlierRule(
        code="often_struck",
        title_zh="常被撤销",
        title_en="Often struck",
        least=5,
        percent=20,
        zh="{who}记录的{of}条里，有{count}条后来被撤销（{percent}%）。",
        en="Of {of} records of {who}, {count} were struck later ({percent}%).",
    ),
    OutlierRule(
        code="one_household",
        title_zh="加分集中在一户",
        title_en="Bonuses for one household",
        least=10,
        percent=40,
        zh="{who}记录的{of}条加分里，有{count}条给了{other}（{percent}%）。",
        en="Of {of} bonuses recorded by {who}, {count} went to {other} ({percent}%).",
    ),
    OutlierRule(
        code="one_receiver",
        title_zh="加分集中在一人",
        title_en="Bonuses for one person",
        least=8,
        percent=25,
        zh="{who}记录的{of}条加分里，有{count}条给了{other}（{percent}%）。",
        en="Of {of} bonuses recorded by {who}, {count} went to {other} ({percent}%).",
    ),
    OutlierRule(
        code="each_other",
        title_zh="互相记录加分",
        title_en="Bonuses for each other",
        least=3,
        zh="{who}给{other}本人或其家庭记了{count}条加分，对方也给自己记了{back}条。",
        en="{who} recorded {count} bonuses for {other} or their household; {back} came back.",
    ),
    OutlierRule(
        code="one_approver",
        title_zh="总由同一人审核",
        title_en="Always the same approver",
        least=20,
        percent=80,
        zh="{who}的记录共审核{of}次，其中{count}次由{other}通过（{percent}%）。",
        en="Of {of} approvals of records of {who}, {count} were given by {other} ({percent}%).",
    ),
)

#: code → rule, in the order in which they are shown
RULES: Mapping[str, OutlierRule] = {rule.code: rule for rule in _TABLE}
