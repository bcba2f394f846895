"""2,000 invented names of one prefecture, and the ways in which hurried people write them.

Nothing here looks at the tables of `gis.gazetteer`: readings, confusable characters and short forms are typed
by hand, so that a test with them can fail.
"""

import random
from dataclasses import dataclass

from gis.gazetteer import NamedPlace

COUNTIES = ["鹿泽县", "雾川县", "杉坪县", "禾茶县", "桐麓县", "青崖县", "月湾县", "柏溪县", "枫源县"]
CITY = "云岚市"

_BUREAUS_TEXT = """
    财政局:财政局 教育体育局:教体局 住房和城乡建设局:住建局 人力资源和社会保障局:人社局
    自然资源局:自然资源局 交通运输局:交通局 水务局:水务局 农业农村局:农业农村局 文化和旅游局:文旅局
    卫生健康局:卫健局 应急管理局:应急局 市场监督管理局:市监局 发展和改革局:发改局 民政局:民政局
    医疗保障局:医保局 林业和草原局:林草局 退役军人事务局:退役军人局 机关事务服务中心:机关事务中心
    疾病预防控制中心:疾控中心 人民医院:医院 妇幼保健院:妇幼 第一中学:一中 第二小学:二小
    政务服务中心:政务中心 工业和信息化局:工信局 统计局:统计局 气象局:气象局 公安局:公安局
"""
BUREAUS = dict(pair.split(":") for pair in _BUREAUS_TEXT.split())  # official name → what people say

_READINGS_TEXT = """
    鹿:lu 泽:ze 县:xian 雾:wu 川:chuan 杉:shan 坪:ping 禾:he 茶:cha 桐:tong 麓:lu 青:qing 崖:ya 月:yue
    湾:wan 柏:bai 溪:xi 枫:feng 源:yuan 云:yun 岚:lan 市:shi 财:cai 政:zheng 局:ju 教:jiao 育:yu 体:ti
    住:zhu 房:fang 和:he 城:cheng 乡:xiang 建:jian 设:she 人:ren 力:li 资:zi 社:she 会:hui 保:bao
    障:zhang 自:zi 然:ran 交:jiao 通:tong 运:yun 输:shu 水:shui 务:wu 农:nong 业:ye 村:cun 文:wen 化:hua
    旅:lv 游:you 卫:wei 生:sheng 健:jian 康:kang 应:ying 急:ji 管:guan 理:li 场:chang 监:jian 督:du
    发:fa 展:zhan 改:gai 革:ge 民:min 医:yi 疗:liao 林:lin 草:cao 原:yuan 退:tui 役:yi 军:jun 事:shi
    机:ji 关:guan 服:fu 中:zhong 心:xin 疾:ji 病:bing 预:yu 防:fang 控:kong 制:zhi 院:yuan 妇:fu 幼:you
    第:di 一:yi 二:er 学:xue 小:xiao 工:gong 信:xin 息:xi 统:tong 计:ji 气:qi 象:xiang 公:gong 安:an
    锦:jin 绣:xiu 阳:yang 光:guang 翠:cui 湖:hu 金:jin 桂:gui 紫:zi 荆:jing 梧:wu 兰:lan 馨:xin 御:yu
    景:jing 世:shi 纪:ji 盛:sheng 华:hua 园:yuan 苑:yuan 府:fu 庭:ting 邸:di 里:li 家:jia 区:qu 花:hua
    新:xin 上:shang 下:xia 大:da 老:lao 东:dong 西:xi 南:nan 北:bei 白:bai 黑:hei 石:shi 马:ma 牛:niu
    龙:long 竹:zhu 松:song 桃:tao 梨:li 树:shu 沟:gou 岭:ling 桥:qiao 井:jing 坡:po 塘:tang 箐:qing
    营:ying 河:he 洞:dong 田:tian 坝:ba 冲:chong 街:jie 屯:tun 寨:zhai 双:shuang 凤:feng 玉:yu 泉:quan
    明:ming 珠:zhu 海:hai 棠:tang 丽:li 都:du 名:ming 仕:shi 碧:bi 春:chun 晓:xiao 凯:kai 旋:xuan 枣:zao
    麻:ma 羊:yang
"""
READINGS = dict(pair.split(":") for pair in _READINGS_TEXT.split())

# Wrong characters that input methods and eyes produce.
_CONFUSED_TEXT = """
    鹿:路陆 泽:择则 雾:物务 川:穿州 杉:山衫 坪:平评 禾:和合 茶:查荼 桐:同铜 麓:路鹿 青:清情 崖:涯牙
    月:乐悦 湾:弯完 柏:百伯 溪:西希 枫:风峰 源:元原 财:才材 政:正证 教:较交 育:玉域 建:健见 设:社涉
    和:与合 保:堡宝 障:章璋 然:燃 输:书鼠 务:物雾 健:建键 康:慷 应:映 理:里李 监:坚兰 督:都 展:站 革:格
    疗:料 草:操 役:疫 机:几鸡 服:伏 疾:急 预:玉 控:空 制:治 妇:夫 幼:右 信:心 息:西 统:桶 计:记 象:像向
    安:按 锦:金绵 绣:秀锈 阳:杨洋 翠:脆 湖:胡 金:今全 桂:贵挂 紫:子 荆:京 梧:吾悟 兰:蓝 馨:新欣 御:玉预
    景:井影 世:市 纪:记 盛:胜 华:花化 园:元圆 苑:院怨 府:俯附 庭:廷亭 邸:底低 里:理 家:佳加 花:华 新:心
    东:冬 南:男 白:百自 石:右时 马:码妈 牛:午 龙:尤隆 竹:住 松:送 桃:逃 梨:犁利 树:数 沟:钩勾 岭:领玲
    桥:侨乔 井:景并 坡:破波 塘:糖唐 箐:青清 营:萤 河:何 洞:动 田:甲由 坝:霸贝 冲:充 街:接 屯:吨 寨:赛塞
    双:霜 凤:风 玉:王育 泉:全 明:名 珠:株 棠:堂 丽:利 都:督 名:明 仕:士 碧:壁 晓:小 凯:铠 旋:玄 枣:早
    麻:妈 羊:洋
"""
CONFUSED = dict(pair.split(":") for pair in _CONFUSED_TEXT.split())


@dataclass(frozen=True)
class Written:
    """One way of writing a name, and the place that is meant."""

    text: str
    place_id: str
    way: str


def invented_places(seed: int, count: int = 2000) -> list[NamedPlace]:
    """Distinct places: bureaus of city and counties, 小区, villages, each with coordinates."""
    rng = random.Random(seed)
    named: dict[str, tuple[str, str]] = {}
    for county in ["", *COUNTIES]:
        for bureau in BUREAUS:
            named[(county or CITY) + bureau] = (county, "office")
    while len(named) < count:
        county = rng.choice(["", *COUNTIES])
        name, kind = _compound(rng) if rng.random() < 0.5 else _village(rng)
        named.setdefault(name, (county, kind))
    return [
        NamedPlace(
            id=f"p{i}", name=name, kind=kind, county=county, city=CITY,
            lon=102.0 + rng.random(), lat=24.5 + rng.random(),
        )
        for i, (name, (county, kind)) in enumerate(named.items())
    ]  # fmt: skip


def written(seed: int, places: list[NamedPlace], count: int) -> list[Written]:
    """How people write some of the places: right, short, misspelt, in pinyin, in initials."""
    rng = random.Random(seed)
    ways = [_short, _confused, _missing, _swapped, _extra, _pinyin, _initials, _wide, _spaced]
    made: list[Written] = []
    while len(made) < count:
        place, way = rng.choice(places), rng.choice(ways)
        text = way(rng, place)
        if text and text != place.name:
            made.append(Written(text, place.id, way.__name__.strip("_")))
    return made


_STEMS = """
    锦绣 阳光 翠湖 金桂 紫荆 梧桐 兰馨 御景 世纪 盛华 龙凤 玉泉 明珠 海棠 丽都 名仕 碧湖 春晓 凯旋
    青桐 月湖 桂月
"""
_MORE = "花 新 御 金 翠 东 西 南 北 阳光 锦华 春 湖 兰 玉"
_ENDINGS = "园 苑 府 庭 邸 家园 小区 花园 里 城"


def _compound(rng: random.Random) -> tuple[str, str]:
    parts = (rng.choice(words.split()) for words in (_STEMS, _MORE, _ENDINGS))
    return "".join(parts), "residential"


def _village(rng: random.Random) -> tuple[str, str]:
    first = rng.choice("大小上下新老白黑青石水龙马牛羊鹿松柏桃梨茶花云雾月竹麻双")
    prefix = rng.choice(["", "", "上", "下", "东", "西", "南", "北"])
    return prefix + first + rng.choice("树沟坪岭桥井坡塘箐营河湾洞崖田坝冲街屯寨") + rng.choice(
        "村村寨营"
    ), "village"


def _short(rng: random.Random, place: NamedPlace) -> str:
    if place.kind == "office":
        lies = place.county or CITY
        said = BUREAUS[place.name.removeprefix(lies)]
        return rng.choice([lies, lies[:-1]]) + said
    return place.name[:-1] if len(place.name) > 3 else ""


def _confused(rng: random.Random, place: NamedPlace) -> str:
    at = [i for i, char in enumerate(place.name) if char in CONFUSED]
    if not at:
        return ""
    i = rng.choice(at)
    return place.name[:i] + rng.choice(CONFUSED[place.name[i]]) + place.name[i + 1 :]


def _missing(rng: random.Random, place: NamedPlace) -> str:
    if len(place.name) < 4:
        return ""
    i = rng.randrange(len(place.name))
    return place.name[:i] + place.name[i + 1 :]


def _swapped(rng: random.Random, place: NamedPlace) -> str:
    i = rng.randrange(len(place.name) - 1)
    return place.name[:i] + place.name[i + 1] + place.name[i] + place.name[i + 2 :]


def _extra(rng: random.Random, place: NamedPlace) -> str:
    return rng.choice(
        [f"{CITY}{place.name}", f"{place.name}门口", f"{place.county}{place.name}", f"{place.name}3栋"]
    )


def _pinyin(rng: random.Random, place: NamedPlace) -> str:
    return rng.choice(["", " "]).join(READINGS[char] for char in place.name)


def _initials(rng: random.Random, place: NamedPlace) -> str:
    """Initials of offices only: those of a village are shared by dozens of others."""
    if place.kind != "office":
        return ""
    lies = place.county or CITY
    said = rng.choice([place.name, lies[:-1] + BUREAUS[place.name.removeprefix(lies)]])
    return "".join(READINGS[char][0] for char in said)


def _wide(rng: random.Random, place: NamedPlace) -> str:
    return f"\u3000{place.name}（{rng.choice('ＡＢ')}座）"


def _spaced(rng: random.Random, place: NamedPlace) -> str:
    return " ".join(place.name)
