"""Invented Chinese names of places, roads and units: plausible combinations, none meant to be a real one."""

import textwrap
from collections.abc import Iterator
from typing import Final

import numpy as np

PREFECTURE: Final = "云岚市"
RIVER: Final = "岚江"
SYNTHETIC: Final = "synthetic"

_COUNTIES: Final = textwrap.wrap(
    "鹿泽雾川杉坪溪禾茶岭栗谷桉阳桐麓青崖月湾柏溪枫源玉笕梅朗石羽竹塘澄丘苇川岑远禾麓莲垭松笃瓦岚泉畔", 2
)
_FIRST: Final = "大小上下新老白黑红青石水龙马牛羊鹿松柏桃梨茶花云雾月竹麻双三"
_MIDDLE: Final = "树沟坪岭桥井坡塘箐营河湾洞崖田坝冲街屯寨"
_ROAD_FIRST: Final = "安福康和瑞吉宁永长兴文明德仁书翠秀锦春晨星云桂兰梅松柏杨荷银"
_ROAD_SECOND: Final = "宁民兴华泰康源园苑湖溪泉峰岭塘桥井门台林竹芳香月晖庆顺达裕和"
_AVENUES: Final = textwrap.wrap(
    "人民建设文化振兴迎宾学府翠屏岚江云岭长宁胜利和平团结光明新华富康龙潭玉泉凤鸣望江青年公园"
    "工农环湖朝阳广场石坪站前体育科技创新紫竹南屏北山东岳西华锦绣金桂银杏丹霞云杉茶马驿前榕荫",
    2,
)
_LANE_KINDS: Final = ("巷", "巷", "路", "街", "里")


def county_names(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct names of counties, each ending in 县."""
    order = rng.permutation(len(_COUNTIES))
    return [f"{_COUNTIES[int(order[i % len(order)])]}县" for i in range(count)]


def village_names(rng: np.random.Generator, count: int, ending: str) -> list[str]:
    """Names of townships (ending 镇) or villages (村), distinct as long as the combinations last."""
    combinations = [a + b for a in _FIRST for b in _MIDDLE if a != b]
    order = rng.permutation(len(combinations))
    names = []
    for i in range(count):
        turn, at = divmod(i, len(order))
        prefix = ("", "新", "上", "下", "东", "西", "南", "北")[turn % 8]
        names.append(f"{prefix}{combinations[int(order[at])]}{ending}")
    return names


def avenue_names(rng: np.random.Generator, count: int) -> list[str]:
    """Stems of main streets, without ending (the ending says the direction)."""
    order = rng.permutation(len(_AVENUES))
    stems = [_AVENUES[int(i)] for i in order]
    return [stems[i % len(stems)] + ("" if i < len(stems) else "二") for i in range(count)]


def lane_names(rng: np.random.Generator) -> Iterator[str]:
    """Names of small streets without end; the first 900 combinations differ."""
    stems = [a + b for a in _ROAD_FIRST for b in _ROAD_SECOND if a != b]
    while True:
        for i in rng.permutation(len(stems)):
            yield stems[int(i)] + _LANE_KINDS[int(rng.integers(len(_LANE_KINDS)))]
