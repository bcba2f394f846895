"""Taking stops out of trips and putting them back where that costs least.

After J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), section 5: strings of neighbouring stops leave neighbouring trips, and
greedy insertion overlooks a place now and then. A trip that loses the target it follows is charged a bus.
"""

# ruff: noqa: PLR0917, C901, SIM110
# mypy: disable-error-code="no-any-return"

from optimizer.engines.chaining.chance import below, uniform
from optimizer.engines.chaining.compiled import machine_code
from optimizer.engines.chaining.layout import U64, Prices, Scratch, State, World
from optimizer.engines.chaining.matching import close_trip, open_trip, settle

AVERAGE_OUT = 10.0
LONGEST_STRING = 10
TWO_PLACES = 0.3
BLINK = 0.01


@machine_code
def remember(state: State, scratch: Scratch, t: int) -> None:
    """Copy a trip before its first change."""
    count = scratch.touched[0]
    for i in range(count):
        if scratch.changed[i] == t:
            return
    scratch.changed[count] = t
    scratch.size[count] = state.size[t]
    scratch.load[count] = state.load[t]
    scratch.ride[count] = state.ride[t]
    for i in range(state.size[t]):
        scratch.stops[count, i] = state.stops[t, i]
    for a in range(len(state.trips)):
        scratch.fits[count, a] = state.fits[t, a]
    scratch.touched[0] = count + 1


@machine_code
def ruin(world: World, state: State, scratch: Scratch, random: U64) -> int:
    """Take strings out around one random stop, or around two; return how many stops are out."""
    out = _ruin_around(world, state, scratch, random, 0)
    if uniform(random) < TWO_PLACES:
        out = _ruin_around(world, state, scratch, random, out)
    return out


@machine_code
def _ruin_around(world: World, state: State, scratch: Scratch, random: U64, out: int) -> int:
    n = len(world.load)
    begun = scratch.touched[0]
    seed = below(random, n)
    b = world.target[seed]
    placed = world.first_slot[b + 1] - world.first_slot[b]
    longest = min(float(LONGEST_STRING), max(1.0, placed / max(1, state.trips[b])))
    strings = int(1.0 + uniform(random) * (4.0 * AVERAGE_OUT / (1.0 + longest) - 1.0))
    for k in range(placed):
        s = world.near[seed, k]
        t = state.trip_of[s]
        if t < 0 or _is_among(scratch, begun, t):
            continue
        length = int(1.0 + uniform(random) * min(state.size[t], LONGEST_STRING))
        remember(state, scratch, t)
        out = _take(world, state, scratch, random, t, s, min(length, state.size[t]), out)
        strings -= 1
        if strings == 0:
            break
    return out


@machine_code
def _is_among(scratch: Scratch, begun: int, t: int) -> bool:
    for i in range(begun, scratch.touched[0]):
        if scratch.changed[i] == t:
            return True
    return False


@machine_code
def _take(
    world: World, state: State, scratch: Scratch, random: U64, t: int, s: int, length: int, out: int
) -> int:
    """Take a string with stop s out of trip t."""
    at = 0
    while state.stops[t, at] != s:
        at += 1
    low = max(0, at - length + 1)
    start = low + below(random, min(at, state.size[t] - length) - low + 1)
    for i in range(start, start + length):
        x = state.stops[t, i]
        scratch.out[out] = x
        state.trip_of[x] = -1
        out += 1
    for i in range(start + length, state.size[t]):
        state.stops[t, i - length] = state.stops[t, i]
    state.size[t] -= length
    if state.size[t] == 0:
        close_trip(world, state, t)
    else:
        settle(world, state, t)
    return out


@machine_code
def recreate(
    world: World, state: State, scratch: Scratch, prices: Prices, random: U64, out: int, way: int
) -> None:
    """Put the stops that are out back: 0 in any order, 1 full stops first, 2 far ones, 3 close ones."""
    for i in range(out):
        s = scratch.out[i]
        if way == 0:
            scratch.key[i] = uniform(random)
        elif way == 1:
            scratch.key[i] = 0.01 * uniform(random) - world.load[s]
        elif way == 2:
            scratch.key[i] = -world.onward[s]
        else:
            scratch.key[i] = world.onward[s]
    _sort(scratch, out)
    for i in range(out):
        _insert(world, state, scratch, prices, random, scratch.out[i])


@machine_code
def _sort(scratch: Scratch, out: int) -> None:
    """Sort the stops that are out by their keys: few, so by insertion."""
    for i in range(1, out):
        s, key = scratch.out[i], scratch.key[i]
        j = i
        while j > 0 and scratch.key[j - 1] > key:
            scratch.out[j], scratch.key[j] = scratch.out[j - 1], scratch.key[j - 1]
            j -= 1
        scratch.out[j], scratch.key[j] = s, key


@machine_code
def _insert(world: World, state: State, scratch: Scratch, prices: Prices, random: U64, s: int) -> None:
    """Put a stop where it costs least, which may be a trip of its own."""
    b = world.target[s]
    alone = world.dwell[s] + world.onward[s]
    best, trip, place = alone + prices.trip, -1, 0
    if not _free(world, state, b, s, alone):
        best += prices.bus
    for i in range(world.first_slot[b], world.first_slot[b] + state.trips[b]):
        t = state.used[i]
        if state.load[t] + world.load[s] > world.limits[0]:
            continue
        for p in range(state.size[t] + 1):
            if uniform(random) < BLINK:
                continue
            ride = _ride_with(world, state, t, s, p)
            cost = float(ride - state.ride[t])
            if ride > world.limits[1] or cost >= best:
                continue
            a = state.follows[t]
            if a >= 0:
                first = s if p == 0 else state.stops[t, 0]
                if world.back[a, first] + ride > world.gap[a, b] and not _free(world, state, b, first, ride):
                    cost += prices.bus
            if cost < best:
                best, trip, place = cost, t, p
    if trip < 0:
        trip = state.used[world.first_slot[b] + state.trips[b]]
        remember(state, scratch, trip)
        trip = open_trip(world, state, b)
    else:
        remember(state, scratch, trip)
    for i in range(state.size[trip], place, -1):
        state.stops[trip, i] = state.stops[trip, i - 1]
    state.stops[trip, place] = s
    state.size[trip] += 1
    state.trip_of[s] = trip
    settle(world, state, trip)


@machine_code
def _ride_with(world: World, state: State, t: int, s: int, p: int) -> int:
    """Length of trip t with stop s in place p."""
    ride = state.ride[t] + world.dwell[s]
    size = state.size[t]
    if p == size:
        last = state.stops[t, size - 1]
        return ride + world.leg[last, s] + world.onward[s] - world.onward[last]
    after = state.stops[t, p]
    if p == 0:
        return ride + world.leg[s, after]
    before = state.stops[t, p - 1]
    return ride + world.leg[before, s] + world.leg[s, after] - world.leg[before, after]


@machine_code
def _free(world: World, state: State, b: int, first: int, ride: int) -> bool:
    """Whether such a trip could follow a target that has a bus to spare."""
    for a in range(len(state.trips)):
        if state.taken[a] < state.trips[a] and world.back[a, first] + ride <= world.gap[a, b]:
            return True
    return False
