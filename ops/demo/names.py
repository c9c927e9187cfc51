"""Invented Chinese names in the mix of surnames heard in Xinzhou.

The two syllables of a given name are drawn apart, so a name belongs to nobody in particular;
combinations that are known from the news, the screen or politics are refused by name.
"""

import random
from enum import StrEnum


class Gender(StrEnum):
    """Only to draw a given name; never stored with a member."""

    FEMALE = "female"
    MALE = "male"


class Generation(StrEnum):
    """Which fashion of given names to draw from."""

    ELDER = "elder"
    MIDDLE = "middle"
    YOUNG = "young"


# Weights are an estimate after how often the surnames are met in Xinzhou, not a census.
SURNAMES: dict[str, int] = {
    "张": 100, "王": 98, "李": 88, "刘": 70, "郭": 48, "杨": 44, "赵": 42, "邢": 36, "郝": 30,
    "贺": 24, "温": 22, "高": 20, "薛": 16, "樊": 14, "梁": 14, "段": 12, "曹": 12, "闫": 12,
    "侯": 11, "石": 10, "任": 10, "焦": 9, "班": 8, "米": 7, "安": 7, "芦": 6, "智": 5, "蔚": 4,
}  # fmt: skip

GIVEN: dict[tuple[Gender, Generation], tuple[str, str]] = {
    (Gender.FEMALE, Generation.ELDER): ("秀玉桂翠淑改爱俊拴润", "英花梅莲香芳珍转萍娥"),
    (Gender.MALE, Generation.ELDER): ("福贵润全永玉富银补存", "旺生明厚林才喜成寿田"),
    (Gender.FEMALE, Generation.MIDDLE): ("丽晓俊海慧建美瑞艳雪", "芳琴霞萍娟芬梅枝平珍"),
    (Gender.MALE, Generation.MIDDLE): ("志俊永海建晓瑞文利向", "斌平强勇伟军峰林东宏"),
    (Gender.FEMALE, Generation.YOUNG): ("佳雨思欣晨梦若嘉雅静", "怡彤琪洁蓉茹妍婷慧宁"),
    (Gender.MALE, Generation.YOUNG): ("宇浩子泽嘉晨俊鹏旭凯", "轩飞龙阳杰鹏博辉源超"),
}

#: Full names that the syllables could form and that belong to people of public life.
_WELL_KNOWN = """
张桂梅 杨丽萍 王丽萍 王志文 王建军 李建军 刘建军 李志强 王志强 李玉成 张海霞 郭海平 刘晓萍 李晓东
王晓东 李建平 王建平 张建平 张晓东 李晓峰 张文宏 王建伟 李海峰 刘海峰 张晓军 王晓军 杨宇轩 张志军
王雪梅 李雪梅 刘文军 王海平 张子宁 张雪芬 刘晓平 李文平 高建平 任志强 石建军 曹文轩 李玉明 王文林
张玉成 刘玉田 郭海峰 安志文 张俊平 李瑞英 王海军 张海军 刘志军 梁文峰 梁文宏 李雪芳 李雪琴 侯永林
"""
WELL_KNOWN_NAMES = frozenset(_WELL_KNOWN.split())

_NICKNAMES = "乐乐 豆豆 圆圆 小宝 童童 果果 糖糖 小米 多多 安安 壮壮 小石头 朵朵 阳阳 妞妞 毛毛"
CHILD_NICKNAMES = tuple(_NICKNAMES.split())


def draw_surname(rng: random.Random) -> str:
    """Return one surname by weight."""
    return rng.choices(tuple(SURNAMES), weights=tuple(SURNAMES.values()))[0]


def draw_name(
    rng: random.Random, *, surname: str, gender: Gender, generation: Generation, taken: set[str]
) -> str:
    """Return a full name of three characters that is neither taken nor well known.

    The name is added to `taken`. Each pool has a hundred given names for each surname, far more
    than one community needs; RuntimeError when it is used up all the same.
    """
    first, second = GIVEN[(gender, generation)]
    for _ in range(400):
        name = surname + rng.choice(first) + rng.choice(second)
        if name not in taken and name not in WELL_KNOWN_NAMES and name[1] != name[2]:
            taken.add(name)
            return name
    raise RuntimeError(f"no free name left for {surname}")
