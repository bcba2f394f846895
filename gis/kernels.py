# ruff: noqa: ARG001, C901, PLR0912, PLR0913, PLR0915, PLR0917
"""Compiled kernels of the customizable contraction hierarchy: plain loops over flat arrays.

States are numbered by rank: rank 0 is contracted first, the parent of a state in the elimination tree is
higher, and subtrees are contiguous (postorder). An arc that leads up from state `x` is a slot of `x` in the
*out* arrays, one that leads down to `x` a slot of `x` in the *in* arrays; `first` says where the slots of a
state begin, `head` which higher state is at the other end, ascending. So both arrays belong to the lower end
of each arc.

Loops are written out, lists and slices avoided, because compiling is paid by the first user.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis import costs
from gis.compiled import jit
from gis.costs import NO_WAY, SHUT

_Ints = NDArray[np.int32]
_Index = NDArray[np.uint32]
_Costs = NDArray[np.int64]
_Flags = NDArray[np.bool_]

FILES: Final = (__file__, costs.__file__)
"""What the compiled kernels depend on."""

kernel = jit(*FILES)


@kernel
def elimination_tree(first: _Ints, lower: _Ints) -> _Ints:
    """Parent of each node when nodes are eliminated in their order (Liu 1990); -1 for roots."""
    n = len(first) - 1
    parent = np.full(n, -1, np.int32)
    ancestor = np.full(n, -1, np.int32)
    for v in range(n):
        for i in range(first[v], first[v + 1]):
            u = lower[i]
            while ancestor[u] != -1 and ancestor[u] != v:
                following = ancestor[u]
                ancestor[u] = v
                u = following
            if ancestor[u] == -1:
                ancestor[u] = v
                parent[u] = v
    return parent


@kernel
def postorder(parent: _Ints) -> _Ints:
    """Renumber such that every subtree is contiguous and below its root."""
    n = len(parent)
    size = np.ones(n, np.int32)
    for v in range(n):
        if parent[v] >= 0:
            size[parent[v]] += size[v]
    number = np.empty(n, np.int32)
    free = np.empty(n, np.int32)  # the highest number not yet given away inside each subtree
    top = n - 1
    for v in range(n - 1, -1, -1):
        if parent[v] < 0:
            number[v] = top
            top -= size[v]
        else:
            number[v] = free[parent[v]]
            free[parent[v]] -= size[v]
        free[v] = number[v] - 1
    return number


@kernel
def depths(parent: _Ints) -> _Ints:
    """Depth of each node; parents are higher than their children."""
    depth = np.zeros(len(parent), np.int32)
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return depth


@kernel
def fill_in(
    out_first: _Ints, out_head: _Ints, in_first: _Ints, in_head: _Ints
) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """Every arc that contracting the states in their order can make; heads unsorted, with room behind them.

    Where `x -> v -> y` leads down and up again, `x -> y` is an arc.
    """
    n = len(out_first) - 1
    new_out, new_in = np.zeros(n + 1, np.int32), np.zeros(n + 1, np.int32)
    outs, ins = np.empty(4 * len(out_head) + 16, np.int32), np.empty(4 * len(in_head) + 16, np.int32)
    mark = np.full(n, -1, np.int32)
    # lower states that have an arc up to x (or down from x): linked lists, one entry for each slot made
    up_to, up_next, up_low = np.full(n, -1, np.int32), np.empty_like(outs), np.empty_like(outs)
    down_of, down_next, down_low = np.full(n, -1, np.int32), np.empty_like(ins), np.empty_like(ins)
    outs_used = ins_used = 0
    for x in range(n):
        if outs_used + n > len(outs):
            outs, up_next, up_low = grown(outs, n), grown(up_next, n), grown(up_low, n)
        if ins_used + n > len(ins):
            ins, down_next, down_low = grown(ins, n), grown(down_next, n), grown(down_low, n)
        for i in range(out_first[x], out_first[x + 1]):
            mark[out_head[i]] = x
            outs[outs_used] = out_head[i]
            outs_used += 1
        k = down_of[x]
        while k >= 0:
            v = down_low[k]
            for i in range(new_out[v], new_out[v + 1]):
                y = outs[i]
                if y > x and mark[y] != x:
                    mark[y] = x
                    outs[outs_used] = y
                    outs_used += 1
            k = down_next[k]
        for i in range(in_first[x], in_first[x + 1]):
            mark[in_head[i]] = x + n
            ins[ins_used] = in_head[i]
            ins_used += 1
        k = up_to[x]
        while k >= 0:
            v = up_low[k]
            for i in range(new_in[v], new_in[v + 1]):
                y = ins[i]
                if y > x and mark[y] != x + n:
                    mark[y] = x + n
                    ins[ins_used] = y
                    ins_used += 1
            k = up_next[k]
        new_out[x + 1], new_in[x + 1] = outs_used, ins_used
        for i in range(new_out[x], outs_used):
            up_low[i], up_next[i] = x, up_to[outs[i]]
            up_to[outs[i]] = i
        for i in range(new_in[x], ins_used):
            down_low[i], down_next[i] = x, down_of[ins[i]]
            down_of[ins[i]] = i
    return new_out, outs, new_in, ins


@kernel
def grown(array: _Ints, by: int) -> _Ints:
    """Return a copy of twice the length and more."""
    longer = np.empty(2 * len(array) + by, np.int32)
    for i in range(len(array)):
        longer[i] = array[i]
    return longer


@kernel
def transposed(first: _Ints, head: _Ints) -> tuple[_Ints, _Ints, _Ints]:
    """For each head its tails ascending: where they begin, the tails, and the slot each came from."""
    n = len(first) - 1
    new_first = np.zeros(n + 1, np.int32)
    for a in range(len(head)):
        new_first[head[a] + 1] += 1
    for v in range(n):
        new_first[v + 1] += new_first[v]
    at = np.empty(n, np.int32)
    for v in range(n):
        at[v] = new_first[v]
    tail = np.empty(len(head), np.int32)
    slot = np.empty(len(head), np.int32)
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            tail[at[head[a]]] = v
            slot[at[head[a]]] = a
            at[head[a]] += 1
    return new_first, tail, slot


@kernel
def position(array: _Ints | _Index, begin: int, end: int, value: int) -> int:
    """First position in an ascending part of an array whose entry is not below a value."""
    left, right = np.int64(begin), np.int64(end)
    while left < right:
        middle = (left + right) >> 1
        if array[middle] < value:
            left = middle + 1
        else:
            right = middle
    return int(left)


@kernel
def positions(first: _Ints, head: _Ints, low: _Ints, value: _Ints) -> _Ints:
    """`position` among the slots of each of some states."""
    found = np.empty(len(low), np.int32)
    for i in range(len(low)):
        found[i] = position(head, first[low[i]], first[low[i] + 1], value[i])
    return found


@kernel
def customise(
    out_first: _Index,
    out_head: _Index,
    out_turn: _Flags,
    in_first: _Index,
    in_head: _Index,
    in_turn: _Flags,
    from_first: _Index,
    from_low: _Index,
    from_slot: _Index,
    from_next: _Index,
    from_end: _Index,
    into_first: _Index,
    into_low: _Index,
    into_slot: _Index,
    into_next: _Index,
    into_end: _Index,
    cost: _Costs,
    out_cost: _Costs,
    in_cost: _Costs,
    stale: _Flags,
) -> None:
    """Bring the costs of all arcs of stale states up to date; what depends on a change becomes stale too.

    `from_*` lists for each state the in-slots of lower states that come from it, and the first out-slot of
    the same lower state that leads beyond it; `into_*` the other way round.
    """
    n = len(cost)
    out_best, in_best = np.empty(n, np.int64), np.empty(n, np.int64)
    for x in range(n):
        if not stale[x]:
            continue
        for a in range(out_first[x], out_first[x + 1]):
            out_best[out_head[a]] = cost[x] if out_turn[a] else SHUT
        for a in range(in_first[x], in_first[x + 1]):
            in_best[in_head[a]] = cost[in_head[a]] if in_turn[a] else SHUT
        for i in range(from_first[x], from_first[x + 1]):
            x_to_v = in_cost[from_slot[i]]
            if x_to_v < SHUT:
                for a in range(from_next[i], from_end[i]):
                    out_best[out_head[a]] = min(out_best[out_head[a]], x_to_v + out_cost[a])
        for i in range(into_first[x], into_first[x + 1]):
            v_to_x = out_cost[into_slot[i]]
            if v_to_x < SHUT:
                for a in range(into_next[i], into_end[i]):
                    in_best[in_head[a]] = min(in_best[in_head[a]], in_cost[a] + v_to_x)
        changed = False
        for a in range(out_first[x], out_first[x + 1]):
            changed |= out_cost[a] != out_best[out_head[a]]
            out_cost[a] = out_best[out_head[a]]
        for a in range(in_first[x], in_first[x + 1]):
            changed |= in_cost[a] != in_best[in_head[a]]
            in_cost[a] = in_best[in_head[a]]
        if changed:
            for a in range(out_first[x], out_first[x + 1]):
                stale[out_head[a]] = True
            for a in range(in_first[x], in_first[x + 1]):
                stale[in_head[a]] = True


@kernel
def climb(
    first: _Index,
    head_depth: _Index,
    weight: _Costs,
    parent: _Ints,
    depth: _Ints,
    lowest: int,
    label: _Costs,
    came_from: _Ints,
) -> None:
    """Spread a label, which has its beginnings filled in, from a lowest state to all its ancestors.

    Labels and what they came from (a depth) go by depth.
    """
    v = lowest
    while v >= 0:
        so_far = label[depth[v]]
        if so_far < NO_WAY:
            for a in range(first[v], first[v + 1]):
                total = so_far + weight[a]
                if total < label[head_depth[a]]:
                    label[head_depth[a]] = total
                    came_from[head_depth[a]] = depth[v]
        v = parent[v]


@kernel
def labels(
    first: _Index,
    head_depth: _Index,
    weight: _Costs,
    parent: _Ints,
    depth: _Ints,
    point: _Ints,
    state: _Ints,
    cost: _Costs,
    label: _Costs,
    low: _Ints,
) -> None:
    """Cheapest costs between each point and the ancestors of its states, by depth, and the lowest of its
    states.

    The states of point `p`, `state[point[p]:point[p + 1]]`, lie on one way to the root.
    """
    came_from = np.empty(label.shape[1], np.int32)
    for p in range(len(point) - 1):
        own = label[p]
        own[:] = SHUT
        lowest = state[point[p]]
        for i in range(point[p], point[p + 1]):
            lowest = min(lowest, state[i])
            own[depth[state[i]]] = min(own[depth[state[i]]], cost[i])
        low[p] = lowest
        climb(first, head_depth, weight, parent, depth, lowest, own, came_from)


@kernel
def shared_depth(parent: _Ints, depth: _Ints, a: int, b: int) -> int:
    """Count the common ancestors of two states, themselves included."""
    while a != b:
        if a < b:
            a = parent[a]
        else:
            b = parent[b]
    return int(depth[a]) + 1


@kernel
def cheapest(a: _Costs, b: _Costs, count: int) -> int:
    """Least sum over the first `count` positions of two labels."""
    best = SHUT
    for d in range(count):
        best = min(best, a[d] + b[d])
    return best


@kernel
def block(
    parent: _Ints, depth: _Ints, starts: _Costs, start_low: _Ints, ends: _Costs, end_low: _Ints, costs: _Costs
) -> None:
    """Cheapest costs of all pairs of labels; `end_low` ascending.

    In postorder the shared depth of two states is the least between neighbours on the way from one to the
    other.
    """
    shared = np.zeros(len(end_low), np.int32)
    for j in range(1, len(end_low)):
        shared[j] = shared_depth(parent, depth, end_low[j - 1], end_low[j])
    for i in range(len(start_low)):
        middle = position(end_low, 0, len(end_low), start_low[i])
        count = 0
        for j in range(middle, len(end_low)):
            if j == middle:
                count = shared_depth(parent, depth, start_low[i], end_low[j])
            else:
                count = min(count, shared[j])
            costs[i, j] = cheapest(starts[i], ends[j], count)
        for j in range(middle - 1, -1, -1):
            if j == middle - 1:
                count = shared_depth(parent, depth, start_low[i], end_low[j])
            else:
                count = min(count, shared[j + 1])
            costs[i, j] = cheapest(starts[i], ends[j], count)


@kernel
def paired(
    parent: _Ints, depth: _Ints, starts: _Costs, start_low: _Ints, ends: _Costs, end_low: _Ints
) -> _Costs:
    """Cheapest costs from each label to the one at the same position."""
    costs = np.empty(len(start_low), np.int64)
    for i in range(len(start_low)):
        costs[i] = cheapest(starts[i], ends[i], shared_depth(parent, depth, start_low[i], end_low[i]))
    return costs


@kernel
def sweep(
    out_first: _Index,
    out_head: _Index,
    out_cost: _Costs,
    in_first: _Index,
    in_head: _Index,
    in_cost: _Costs,
    cost: _Costs,
) -> None:
    """Spread costs, which have their beginnings filled in, to every state: all the way up, then down."""
    for v in range(len(cost)):
        if cost[v] < NO_WAY:
            for a in range(out_first[v], out_first[v + 1]):
                cost[out_head[a]] = min(cost[out_head[a]], cost[v] + out_cost[a])
    for v in range(len(cost) - 1, -1, -1):
        best = cost[v]
        for a in range(in_first[v], in_first[v + 1]):
            best = min(best, cost[in_head[a]] + in_cost[a])
        cost[v] = best


@kernel
def chain(came_from: _Ints, meet: int, low: int, parent: _Ints, depth: _Ints) -> _Ints:
    """States of a label from its beginning up to the ancestor at depth `meet`."""
    count, d = 1, meet
    while came_from[d] >= 0:
        d = came_from[d]
        count += 1
    states = np.empty(count, np.int32)
    v, d = low, meet
    for i in range(count - 1, -1, -1):
        states[i] = d
        d = came_from[d]
    i = 0
    while i < count:
        if depth[v] == states[i]:
            states[i] = v
            i += 1
        v = parent[v]
    return states


@kernel
def unpacked(
    out_first: _Index,
    out_head: _Index,
    out_turn: _Flags,
    in_first: _Index,
    in_head: _Index,
    in_turn: _Flags,
    from_first: _Index,
    from_low: _Index,
    from_slot: _Index,
    from_next: _Index,
    from_end: _Index,
    into_first: _Index,
    into_low: _Index,
    into_slot: _Index,
    into_next: _Index,
    into_end: _Index,
    cost: _Costs,
    out_cost: _Costs,
    in_cost: _Costs,
    states: _Ints,
) -> tuple[_Ints, int]:
    """Every state on the way over arcs between some states, with room behind them, and how many they are."""
    pending = np.empty(len(states) + 64, np.int32)  # still to reach, the next on top
    left = len(states) - 1
    for i in range(left):
        pending[i] = states[left - i]
    x = states[0]
    way = np.empty(256, np.int32)
    way[0], length = x, 1
    while left:
        y = pending[left - 1]
        middle = -1
        if x < y:
            a = position(out_head, out_first[x], out_first[x + 1], y)
            total = out_cost[a]
            if not (out_turn[a] and cost[x] == total):
                for i in range(from_first[x], from_first[x + 1]):
                    v, end = from_low[i], from_end[i]
                    b = position(out_head, from_next[i], end, y)
                    if b < end and out_head[b] == y and in_cost[from_slot[i]] + out_cost[b] == total:
                        middle = v
                        break
        else:
            a = position(in_head, in_first[y], in_first[y + 1], x)
            total = in_cost[a]
            if not (in_turn[a] and cost[x] == total):
                for i in range(into_first[y], into_first[y + 1]):
                    v, end = into_low[i], into_end[i]
                    b = position(in_head, into_next[i], end, x)
                    if b < end and in_head[b] == x and in_cost[b] + out_cost[into_slot[i]] == total:
                        middle = v
                        break
        if middle >= 0:
            if left == len(pending):
                pending = grown(pending, 0)
            pending[left] = middle
            left += 1
        else:
            if length == len(way):
                way = grown(way, 0)
            way[length] = y
            length += 1
            left -= 1
            x = y
    return way, length
