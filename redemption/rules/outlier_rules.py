"""The table of rules about pairs of shop and holder: every threshold with its question."""

from __future__ import annotations

from collections.abc import Mapping

from points.rules.outlier import OutlierRule

_TABLE = (
    OutlierRule(
        code="pair_most",
        title_zh="兑换集中在一户",
        title_en="One holder takes most",
        least=8,
        percent=30,
        zh="{who}的{of}笔兑换里有{count}笔是{other}的（{percent}%），是常客吗？",
        en="Of {of} redemptions of {who}, {count} are of {other} ({percent}%): a regular guest?",
    ),
    OutlierRule(
        code="one_shop",
        title_zh="只在一家店兑换",
        title_en="One shop only",
        least=8,
        percent=90,
        zh="{other}的{of}笔兑换里有{count}笔在{who}（{percent}%），别的店不方便吗？",
        en="Of {of} redemptions of {other}, {count} are at {who} ({percent}%): no other in reach?",
    ),
    OutlierRule(
        code="pair_fast",
        title_zh="出码即核销",
        title_en="Redeemed at once",
        least=5,
        percent=50,
        bound=8,
        zh="{other}在{who}的{of}笔里有{count}笔出码不到{bound}秒就核销，当时人在店里吗？",
        en="Of {of} of {other} at {who}, {count} within {bound} seconds: was the holder there?",
    ),
    OutlierRule(
        code="one_clerk",
        title_zh="总由同一店员核销",
        title_en="Always the same clerk",
        least=8,
        percent=80,
        zh="{other}的{of}笔里有{count}笔由{who}核销（{percent}%），两人是什么关系？",
        en="Of {of} of {other}, {who} redeemed {count} ({percent}%): how do they know each other?",
    ),
    OutlierRule(
        code="at_night",
        title_zh="夜间核销",
        title_en="Redeemed at night",
        least=5,
        percent=20,
        zh="{who}的{of}笔里有{count}笔在22点到次日6点核销，那时营业吗？",
        en="Of {of} of {who}, {count} were between 22:00 and 06:00: is the shop open then?",
    ),
    OutlierRule(
        code="often_cancelled",
        title_zh="常被撤销",
        title_en="Often cancelled",
        least=5,
        percent=20,
        zh="{who}的{of}笔里有{count}笔核销后又撤销（{percent}%），为什么？",
        en="Of {of} of {who}, {count} were cancelled afterwards ({percent}%): why?",
    ),
    OutlierRule(
        code="often_refused",
        title_zh="常被拒绝",
        title_en="Often refused",
        least=10,
        percent=40,
        zh="{who}扫码（输码）{of}次，{count}次被拒绝（{percent}%），店员需要培训吗？",
        en="{who} scanned or typed {of} times and was refused {count} times: is training needed?",
    ),
    OutlierRule(
        code="used_again",
        title_zh="反复扫用过的码",
        title_en="Used codes again",
        least=5,
        zh="{who}扫用过的码{count}次（共拒绝{of}次），是重复刷新，还是截图？",
        en="{who} scanned used codes {count} times of {of} refusals: reloads, or screenshots?",
    ),
)

#: code → rule, in the order in which they are shown
RULES: Mapping[str, OutlierRule] = {rule.code: rule for rule in _TABLE}
