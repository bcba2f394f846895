"""Every fault of a problem, alone: the sentence names the value."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis.matrix import Block, TravelMatrix
from gis.places import Place
from optimizer.errors import OptimizerError, ProblemError
from optimizer.model import (
    CostRates,
    Depot,
    Driver,
    Problem,
    Request,
    Reserve,
    Route,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.validate import MOST_FAULTS, faults, require_valid

BACKWARDS = TimeWindow(start_s=28_800, end_s=28_000)


def _travel(origins: str = "DAB", destinations: str = "DAB") -> TravelMatrix:
    zeros = np.zeros((1, 1, len(origins), len(destinations)), np.int32)
    block = Block(
        origins={name: i for i, name in enumerate(origins)},
        destinations={name: i for i, name in enumerate(destinations)},
        seconds=zeros,
        metres=zeros,
    )
    return TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,))


def _stop(place: str = "A", load: tuple[int, ...] = (), **option: Any) -> Stop:
    return Stop(options=(StopOption(place_id=place, **option),), load=load)


CAR = Vehicle(id="v1", type_id="t", start_place_id="D", end_place_id="D", plate="云D0001")
RIDE = Request(id="r1", name="下乡调研", stops=(_stop("A", (2,)), _stop("B", (-2,))))
SOUND = Problem(
    date="2026-03-02",
    places=tuple(Place(id=name, lon=103.8, lat=25.5) for name in "DAB"),
    vehicle_types=(VehicleType(id="t"),),
    vehicles=(CAR,),
    requests=(RIDE,),
    travel=_travel(),
)
MORNING = Route(
    vehicle_id="v1",
    start_place_id="D",
    end_place_id="D",
    start_s=0,
    end_s=60,
    visits=(Visit(request_id="r1", place_id="A", arrival_s=10, start_s=10, depart_s=20),),
    distance_m=0,
    drive_s=0,
)


def _with_type(**fields: Any) -> Problem:
    return replace(SOUND, vehicle_types=(replace(SOUND.vehicle_types[0], **fields),))


def _with_car(**fields: Any) -> Problem:
    return replace(SOUND, vehicles=(replace(CAR, **fields),))


def _with_ride(**fields: Any) -> Problem:
    return replace(SOUND, requests=(replace(RIDE, **fields),))


def _with_place(lon: float, lat: float) -> Problem:
    return replace(SOUND, places=(*SOUND.places, Place(id="X", lon=lon, lat=lat)))


def test_a_sound_problem_has_no_fault() -> None:
    assert faults(SOUND) == ()
    require_valid(SOUND)


FAULTY = {
    "date": (replace(SOUND, date="2026-3-2"), "日期 '2026-3-2' 不对，应写成 2026-03-02 的样子"),
    "buffer": (replace(SOUND, buffer_s=-60), "任务间余量 buffer_s 是 -60，不能为负"),
    "reserve": (replace(SOUND, reserves=(Reserve(count=-1),)), "备勤数量是 -1，不能为负"),
    "place twice": (
        replace(SOUND, places=(*SOUND.places, SOUND.places[1])),
        "地点 'A' 重复出现；编号必须唯一",
    ),
    "vehicle twice": (replace(SOUND, vehicles=(CAR, CAR)), "车辆 'v1' 重复出现；编号必须唯一"),
    "request twice": (replace(SOUND, requests=(RIDE, RIDE)), "申请 'r1' 重复出现；编号必须唯一"),
    "driver twice": (
        replace(SOUND, drivers=(Driver(id="p"), Driver(id="p"))),
        "驾驶员 'p' 重复出现；编号必须唯一",
    ),
    "empty id": (replace(SOUND, drivers=(Driver(id=""),)), "有驾驶员的编号是空的"),
    "longitude": (_with_place(253.8, 25.5), "地点 'X' 的坐标（253.8, 25.5）不是经度在前的 WGS-84 度数"),
    "swapped": (_with_place(25.5, 103.8), "地点 'X' 的坐标（25.5, 103.8）不是经度在前的 WGS-84 度数"),
    "not a number": (
        _with_place(float("nan"), 25.5),
        "地点 'X' 的坐标（nan, 25.5）不是经度在前的 WGS-84 度数",
    ),
    "capacity": (_with_type(capacity=(-4,)), "车型 't' 的容量是 -4，不能为负"),
    "dimensions of a type": (_with_type(capacity=(4, 9)), "车型 't' 的容量有 2 项，问题有 1 个维度（seats）"),
    "profile": (_with_type(profile="bus"), "车型 't' 的通行方式 'bus' 不在出行矩阵中，只有 car"),
    "limit": (_with_type(max_route_m=-1), "车型 't' 的 max_route_m 是 -1，不能为负"),
    "rate": (_with_type(rates=CostRates(per_km_fen=-9)), "车型 't' 的费率 per_km_fen 是 -9，不能为负"),
    "type": (_with_car(type_id="bus"), "车辆 'v1'（云D0001） 的车型 'bus' 不在车型表中"),
    "start": (_with_car(start_place_id="X"), "车辆 'v1'（云D0001） 的起讫地点 'X' 不在地点表中"),
    "end": (_with_car(end_place_id="X"), "车辆 'v1'（云D0001） 的起讫地点 'X' 不在地点表中"),
    "driver": (_with_car(driver_ids=("p9",)), "车辆 'v1'（云D0001） 的驾驶员 'p9' 不在驾驶员表中"),
    "shift": (_with_car(shift=BACKWARDS), "车辆 'v1'（云D0001） 的时间窗先关后开：28800 秒开、28000 秒关"),
    "busy": (_with_car(busy=(BACKWARDS,)), "车辆 'v1'（云D0001） 的时间窗先关后开：28800 秒开、28000 秒关"),
    "trips": (_with_car(trips=0), "车辆 'v1'（云D0001） 的趟数是 0，至少为 1"),
    "driver's shift": (
        replace(SOUND, drivers=(Driver(id="p", shift=BACKWARDS),)),
        "驾驶员 'p' 的时间窗先关后开：28800 秒开、28000 秒关",
    ),
    "depot": (replace(SOUND, depots=(Depot(place_id="X"),)), "场站 'X' 不在地点表中"),
    "depot's hours": (
        replace(SOUND, depots=(Depot(place_id="D", window=BACKWARDS),)),
        "场站 'D' 的时间窗先关后开：28800 秒开、28000 秒关",
    ),
    "negative spaces": (
        replace(SOUND, depots=(Depot(place_id="B", spaces=-2),)),
        "场站 'B' 的车位是 -2，不能为负",
    ),
    "too few spaces": (
        replace(SOUND, depots=(Depot(place_id="D", spaces=0),)),
        "场站 'D' 有 0 个车位，清晨却停着 1 辆车",
    ),
    "no stops": (_with_ride(stops=()), "申请 'r1'（下乡调研） 没有停靠站；至少要有一站"),
    "no options": (
        _with_ride(stops=(Stop(options=()),)),
        "申请 'r1'（下乡调研） 第 0 站 没有备选地点；至少要有一个",
    ),
    "stop's place": (
        _with_ride(stops=(_stop("X"),)),
        "申请 'r1'（下乡调研） 第 0 站 的地点 'X' 不在地点表中",
    ),
    "window": (
        _with_ride(stops=(_stop("A", window=BACKWARDS),)),
        "申请 'r1'（下乡调研） 第 0 站 的时间窗先关后开：28800 秒开、28000 秒关",
    ),
    "service": (
        _with_ride(stops=(_stop("A", service_s=-5),)),
        "申请 'r1'（下乡调研） 第 0 站 的 service_s 是 -5，不能为负",
    ),
    "dimensions of a load": (
        _with_ride(stops=(_stop("A", (1, 1)),)),
        "申请 'r1'（下乡调研） 第 0 站 的载量有 2 项，问题有 1 个维度",
    ),
    "negative seats": (
        _with_ride(stops=(_stop("A", (-2,)), _stop("B", (2,)))),
        "申请 'r1'（下乡调研） 的载量顺序不对：有一站下车（卸货）比车上多 2；人数不能为负",
    ),
    "penalty": (_with_ride(unserved_penalty_fen=-1), "申请 'r1'（下乡调研） 的未安排代价是 -1 分，不能为负"),
    "ride": (_with_ride(max_ride_s=-1), "申请 'r1'（下乡调研） 的乘车上限是 -1 秒，不能为负"),
    "asked vehicle": (
        _with_ride(vehicle_ids=frozenset({"v9"})),
        "申请 'r1'（下乡调研） 指名的车辆 'v9' 不在车辆表中",
    ),
    "locked vehicle": (
        replace(SOUND, locked=(replace(MORNING, vehicle_id="v9"),)),
        "锁定路线（车辆 'v9'） 的车辆不在车辆表中",
    ),
    "locked time": (
        replace(SOUND, locked=(replace(MORNING, end_s=15),)),
        "锁定路线（车辆 'v1'） 的时间倒退：20 秒之后是 15 秒",
    ),
    "travel": (
        replace(SOUND, travel=_travel("DA", "DA")),
        "出行矩阵没有地点 'B'；请先为它计算出行时间",
    ),
    "travel from the start": (
        replace(SOUND, travel=_travel("AB", "DAB")),
        "出行矩阵没有从任何一辆车的起点（如 'D'）出发的出行时间",
    ),
}


def test_a_vehicle_outside_the_blocks_may_stay_idle() -> None:
    far = Place(id="X", lon=103.8, lat=25.5)
    idle = replace(CAR, id="v2", start_place_id="X", end_place_id="X")
    assert faults(replace(SOUND, places=(*SOUND.places, far), vehicles=(CAR, idle))) == ()


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_named_with_its_value_and_alone(name: str) -> None:
    problem, sentence = FAULTY[name]
    assert faults(problem) == (sentence,)


def test_all_faults_are_raised_together() -> None:
    broken = replace(_with_car(type_id="bus", trips=0), buffer_s=-60)
    with pytest.raises(ProblemError) as caught:
        require_valid(broken)
    assert isinstance(caught.value, OptimizerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.faults == faults(broken)
    assert len(caught.value.faults) == 3
    assert all(fault in str(caught.value) for fault in caught.value.faults)


def test_thousands_of_faults_are_counted_not_listed() -> None:
    many = tuple(replace(RIDE, id=f"r{i}", name="", unserved_penalty_fen=-1) for i in range(MOST_FAULTS + 7))
    with pytest.raises(ProblemError, match="另有 7 处错误") as caught:
        require_valid(replace(SOUND, requests=many))
    assert len(caught.value.faults) == MOST_FAULTS + 1
