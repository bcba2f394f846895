"""Why a place is offered, in one Chinese sentence for the person who must choose."""

from collections.abc import Sequence

from gis.gazetteer.names import Hit
from gis.gazetteer.values import Match, NamedPlace

_SOURCES = {"osm": "地图", "list": "导入的地址表", "past": "以往行程", "pin": "调度员标注"}


def why_alike(said: str, hit: Hit) -> str:
    """Return how a text is like a form of a place."""
    name = hit.form.said
    return {
        "pin": f"调度员标注过“{name}”",
        "name": "名称一致",
        "alias": f"别名“{name}”一致",
        "short": f"“{said}”是“{name}”的简称" if len(said) <= len(name) else f"“{name}”是“{said}”的简称",
        "pinyin": f"拼音“{said}”读作“{name}”",
        "initials": f"“{said}”是“{name}”的拼音首字母",
        "part": f"“{said}”与“{name}”部分相同",
        "typo": f"“{said}”与“{name}”字或音相近，疑有错别字",
    }.get(hit.how, f"与“{name}”相近")


def where(place: NamedPlace) -> str:
    """Return the divisions a place lies in, and who says so."""
    lies = "".join(dict.fromkeys(part for part in (place.city, place.county) if part))
    return f"{f'位于{lies}，' if lies else ''}来自{_SOURCES[place.source]}"


def warned(place: NamedPlace, *, named: str, outside_m: float, area: str) -> str:
    """Return what must be said before a place is taken: another division, or outside the area; else ""."""
    said = []
    if named:
        lies = place.county or place.city or area or "本地"
        said.append(f"注意：写的是{named}，此处在{lies}")
    if outside_m > 0:
        far = f"约 {outside_m / 1000:.0f} 公里" if outside_m >= 1000 else "不到 1 公里"
        said.append(
            f"注意：在服务范围{area}之外{far}" if outside_m < 1e9 else f"注意：不在服务范围{area}之内"
        )
    return "；".join(said)


def decision(matches: Sequence[Match], rivals: Sequence[Match], *, sure: bool, text: str) -> str:
    """Return why the first match may be taken, or what a person must decide."""
    if not matches:
        return f"没有找到“{text}”；请在地图上钉点，下次会自动认得"
    best = matches[0]
    if sure:
        return f"“{text}”即{best.place.name}：{best.reason}"
    if best.elsewhere or best.outside:
        return f"“{text}”只找到别处的地点，不能自动采用：{best.reason}；请核对或钉点"
    if rivals:
        counties = "、".join(
            dict.fromkeys(m.place.county or m.place.city or "未知县区" for m in (best, *rivals))
        )
        return f"“{text}”可能有 {len(rivals) + 1} 处（{counties}），请选择"
    return f"“{text}”没有完全一致的地点，最像的是{best.place.name}（{best.reason}），请确认或钉点"
