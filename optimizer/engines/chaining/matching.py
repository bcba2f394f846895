"""Which trip follows which: as few trips as possible start at the yard.

All trips of one target end at the same place and time, so a trip is matched with a target, not with a trip: a
target can be followed as often as it has trips. The matching is kept and only repaired (augmenting paths,
Ford and Fulkerson 1956), and it is always a greatest one.
"""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.chaining.compiled import machine_code
from optimizer.engines.chaining.layout import YARD, Scratch, State, World


@machine_code
def settle(world: World, state: State, t: int) -> None:
    """Work out a trip's load, ride and the targets it fits behind, and let it follow one if any is free."""
    ride, load = 0, 0
    size = state.size[t]
    for i in range(size):
        s = state.stops[t, i]
        load += world.load[s]
        ride += world.dwell[s]
        ride += world.onward[s] if i == size - 1 else world.leg[s, state.stops[t, i + 1]]
    state.total[0] += ride - state.ride[t]
    state.load[t], state.ride[t] = load, ride
    b, first = state.owner[t], state.stops[t, 0]
    for a in range(len(state.trips)):
        state.fits[t, a] = world.back[a, first] + ride <= world.gap[a, b]
    before = state.follows[t]
    if before >= 0 and not state.fits[t, before]:
        state.taken[before] -= 1
        state.follows[t] = before = YARD
    if before < 0:
        for a in range(len(state.trips)):
            if state.fits[t, a] and state.taken[a] < state.trips[a]:
                state.follows[t] = a
                state.taken[a] += 1
                break


@machine_code
def open_trip(world: World, state: State, b: int) -> int:
    """Take an unused slot of a target; one trip more may then be followed."""
    at = world.first_slot[b] + state.trips[b]
    t = state.used[at]
    state.trips[b] += 1
    state.total[1] += 1
    state.size[t] = 0
    state.follows[t] = YARD
    return t


@machine_code
def close_trip(world: World, state: State, t: int) -> None:
    """Give an empty trip's slot back; whatever trip had to follow it follows none."""
    b = state.owner[t]
    state.total[0] -= state.ride[t]
    state.total[1] -= 1
    state.ride[t] = 0
    if state.follows[t] >= 0:
        state.taken[state.follows[t]] -= 1
        state.follows[t] = YARD
    start = world.first_slot[b]
    last = start + state.trips[b] - 1
    at = start
    while state.used[at] != t:
        at += 1
    state.used[at], state.used[last] = state.used[last], t
    state.trips[b] -= 1
    if state.taken[b] > state.trips[b]:
        _leave(world, state, b)


@machine_code
def _leave(world: World, state: State, b: int) -> None:
    """Let one trip that follows a target follow none."""
    for other in range(len(state.trips)):
        for i in range(world.first_slot[other], world.first_slot[other] + state.trips[other]):
            t = state.used[i]
            if state.follows[t] == b:
                state.follows[t] = YARD
                state.taken[b] -= 1
                return


@machine_code
def augment(world: World, state: State, scratch: Scratch) -> int:
    """Make the matching greatest; return how many trips follow none: buses."""
    while True:
        _list_followers(world, state, scratch)
        alone, end = 0, -1
        for b in range(len(state.trips)):
            for i in range(world.first_slot[b], world.first_slot[b] + state.trips[b]):
                root = state.used[i]
                if state.follows[root] < 0:
                    alone += 1
                    end = _search(state, scratch, root)
                    if end >= 0:
                        break
            if end >= 0:
                break
        if end < 0:
            return alone
        _shift(state, scratch, end)


@machine_code
def _list_followers(world: World, state: State, scratch: Scratch) -> None:
    for a in range(len(state.trips)):
        scratch.head[a] = -1
        scratch.seen[a] = 0
    for b in range(len(state.trips)):
        for i in range(world.first_slot[b], world.first_slot[b] + state.trips[b]):
            t = state.used[i]
            a = state.follows[t]
            if a >= 0:
                scratch.next[t] = scratch.head[a]
                scratch.head[a] = t


@machine_code
def _search(state: State, scratch: Scratch, root: int) -> int:
    """Breadth first over targets not seen yet; return one that another trip can follow, or −1.

    What earlier roots have seen leads nowhere, so it is not looked at again.
    """
    t, done, waiting = root, 0, 0
    while True:
        for a in range(len(state.trips)):
            if state.fits[t, a] and not scratch.seen[a]:
                scratch.seen[a] = 1
                scratch.parent[a] = t
                if state.taken[a] < state.trips[a]:
                    return a
                follower = scratch.head[a]
                while follower >= 0:
                    scratch.queue[waiting] = follower
                    waiting += 1
                    follower = scratch.next[follower]
        if done == waiting:
            return -1
        t = scratch.queue[done]
        done += 1


@machine_code
def _shift(state: State, scratch: Scratch, end: int) -> None:
    """Move the trips of an augmenting path one target on."""
    state.taken[end] += 1
    a = end
    while a >= 0:
        t = scratch.parent[a]
        before = state.follows[t]
        state.follows[t] = a
        a = before
