"""What the kernels see: a problem and a search as tuples of arrays, and the meaning of each column.

A *node* is one option of one stop of a request, a visit of a locked route, or a reload at a depot. A *group*
is a set of vehicles that no rule, cost or time can tell apart. A *slot* is a row of the solution: one vehicle
of some group with its sequence of nodes. Costs are integers in units of 1/18,000 fen: then a metre at fen per
kilometre and a second at fen per hour are both whole numbers.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

UNITS_PER_FEN: Final = 18_000
UNITS_PER_METRE_RATE: Final = 18
UNITS_PER_SECOND_RATE: Final = 5
NO_WAY: Final = 1_000_000_000
"""Seconds and metres of a pair that no road connects; half of it is more than any real leg."""
HALF_WAY: Final = 500_000_000
NEVER: Final = 4_000_000_000_000_000_000
"""Cost of what cannot be done."""
LONGEST_DRIVE_S: Final = 14_400
SHORTEST_REST_S: Final = 1_200

# Columns of Task.node
PLACE: Final = 0
EARLY: Final = 1
LATE: Final = 2
SERVICE: Final = 3
REQUEST: Final = 4  # -1 for a reload
FIRST: Final = 5  # whether it is its request's first stop
LAST: Final = 6  # whether it is its request's last stop
FIXED: Final = 7  # a visit of a locked route: its times stand
SOFT: Final = 8  # units of the option
CHANGE: Final = 9  # then per dimension: change on board
NODE_COLUMNS: Final = 9

# Columns of Task.request
STOP_FROM: Final = 0  # first row of Task.stop that is still to be placed
STOP_TO: Final = 1  # one past the last
MAX_RIDE: Final = 2  # -1 for none
SOLE: Final = 3
SLOW: Final = 4  # only a full walk through the route tells what it costs
DELIVERY: Final = 5  # on board from the start of its trip
COLLECTION: Final = 6  # on board to the end of its trip
MANDATORY: Final = 7  # begun on a locked route
TOGETHER: Final = 8  # number of its all-or-none group, -1 for none
WEIGHT: Final = 9  # of leaving it out: the sum is compared before any cost
ABOARD: Final = 10  # then per dimension: load from the start of its trip
REQUEST_COLUMNS: Final = 10

# Columns of Task.group
G_START: Final = 0
G_END: Final = 1  # -1 is open
G_LEAVE_FROM: Final = 2
G_LEAVE_TO: Final = 3
G_BACK_FROM: Final = 4
G_BACK_TO: Final = 5
G_PROFILE: Final = 6
G_COUNT: Final = 7
G_FAMILY: Final = 8  # first group of those that differ in size and price alone
G_MAX_M: Final = 9
G_MAX_S: Final = 10
G_MAX_STOPS: Final = 11
G_TRIPS: Final = 12
G_USED: Final = 13  # units once, of a vehicle that drives
G_PER_TRIP: Final = 14
G_METRE: Final = 15  # units per metre beyond the included
G_TOLL: Final = 16  # units per metre
G_FREE_M: Final = 17
G_SECOND: Final = 18
G_FREE_S: Final = 19
G_OVERTIME: Final = 20
G_REGULAR_S: Final = 21
G_BUSY_FROM: Final = 22  # rows of Task.busy
G_BUSY_TO: Final = 23
G_RELOAD: Final = 24  # node of a reload at its base, -1 for none
G_TIMED: Final = 25  # whether the length of its day matters
G_FAMILY_TO: Final = 26  # one past the last group of its family
G_LEAST_METRE: Final = 27  # least units of one more metre in any vehicle of its family
CAPACITY: Final = 28  # then per dimension
GROUP_COLUMNS: Final = 28

# Entries of Task.rule: what of the problem must be looked at
R_BUCKETS: Final = 0
R_TIME: Final = 1  # any time limit at all
R_SIMPLE_LOAD: Final = 2  # only deliveries or only collections, one stop each: the sum decides
R_RETYPE: Final = 3  # vehicles of one family differ in size and price alone
R_SLOW: Final = 4  # every route needs a full walk
R_REST: Final = 5
R_BUFFER_S: Final = 6
R_DIMENSIONS: Final = 7
R_TOGETHER: Final = 8  # whether there are all-or-none groups
R_COMPATIBLE: Final = 10  # every group may serve every request
R_REGROUP: Final = 11  # whether changing the vehicle of a route can pay
R_FIXED_METRES: Final = 12  # lengths do not depend on the hour
R_INSERTABLE: Final = 13  # requests before this one may be inserted; the rest stand on locked routes
R_BRISK: Final = 14  # a slot that is not slow changes stop by stop: single stops, simple loads, no rest
R_PLAIN_DAY: Final = 15  # one trip, one bucket, no rest, buffer, or hours when something else holds a vehicle
RULES: Final = 16

# Rows of Search.line per slot
NODE: Final = 0
AT: Final = 1
ARC_M: Final = 2
DEPART: Final = 3  # earliest departure
BY: Final = 4  # latest start of service
SLACK: Final = 5  # how much longer a leg may take before a ride or the day is too long
LINE_ROWS: Final = 6  # then per dimension: load on leaving, largest so far, largest from here

# Columns of Search.slot
COUNT: Final = 0
COST: Final = 1
METRES: Final = 2
DRIVE_S: Final = 3
GROUP: Final = 4
LOCKED: Final = 5  # leading nodes that must stay; -1 where the slot may be emptied
IS_SLOW: Final = 6
NAME: Final = 7  # hash of the content
OVER_M: Final = 8  # metres driven beyond METRES, which are the least of all hours
LOAD: Final = 9  # then one per dimension
SLOT_COLUMNS: Final = 9
BEST_NODES: Final = 8  # first column of the nodes in Search.best

# Entries of Search.tally
ACTIVE: Final = 0
ABSENT: Final = 2
TOTAL: Final = 3
LEFT: Final = 4  # weight of what is absent
BEST_TOTAL: Final = 5
BEST_LEFT: Final = 6
DONE: Final = 7
STAMP: Final = 8
ACCEPTED: Final = 9
MOST_ACTIVE: Final = 10
ROOM: Final = 11  # size of the largest free vehicle, where a slot may get another one
BEST_COUNT: Final = 12
BEST_DONE: Final = 13
TOUCHED: Final = 14
PICKED: Final = 15
LOOK: Final = 17
FREE_STAMP: Final = 18  # rises when another set of vehicles is free
WAITING: Final = 19  # placements in row OFFERS
TALLIES: Final = 20

# Rows of Search.table
WHERE: Final = 0  # slot of a request, -1 where it is absent
ORDER: Final = 1  # active slots first, then empty ones
RANK: Final = 2  # position of a slot in ORDER
TOUCHED_SLOT: Final = 3
ABSENT_ONE: Final = 4  # requests that are absent
ABSENCES: Final = 5  # how often a request was
PICK: Final = 6  # requests to insert in this iteration
GROUP_USED: Final = 7  # vehicles in use
RESERVE_USED: Final = 8
MARK_TOUCHED: Final = 9  # stamps of the iteration
MARK_RUINED: Final = 10
MARK_SEEN: Final = 11
MARK_PICKED: Final = 12
NEAR_SLOT: Final = 13  # slots that an insertion looks at
INDEX_ROWS: Final = 14

# Entries of row 0 of Search.key
TEMPERATURE: Final = 0
COOLING: Final = 1

# A placement in one number: metres, then the gap in so many low bits
GAP_BITS: Final = 15
GAPS: Final = (1 << GAP_BITS) - 1

# Columns of Search.known
KNOWN_NAME: Final = 0  # name of the slot's content; with `AT_LEAST` mixed in where the cost is a bound
KNOWN_COST: Final = 1
KNOWN_PLACES: Final = 2  # then (node, gap) per stop; where `R_RETYPE` cost, group and stamp by group
AT_LEAST: Final = 1

# Rows of Search.scratch
ARRIVE: Final = 0
BEGIN: Final = 1
LEAVE: Final = 2
BOUND: Final = 3  # lower bound of BEGIN (of LEAVE at a reload)
EMPTY_LEG: Final = 4  # 1 where nobody is under way on the leg that leads here
RIDE_FROM: Final = 5  # position of the first stop of a limited ride that ends here, -1 for none
OUT: Final = 6
DRAFT: Final = 7  # three sequences under construction
LEG: Final = 10  # seconds of the leg that leads here
WAITED: Final = 11  # seconds waited up to here
OFFERS: Final = 12  # placements to be walked: metres, first gap, last gap in one number
ALONE: Final = 13  # extra metres of a last stop alone in each gap
LEAST_ALONE: Final = 14  # the least of these from each gap on
SCRATCH_ROWS: Final = 15
MOST_OFFERS: Final = 512

# Entries of row OUT
OUT_COST: Final = 0
OUT_METRES: Final = 1
OUT_DRIVE: Final = 2
OUT_START: Final = 3
OUT_END: Final = 4


class Task(NamedTuple):
    """A problem, compiled.

    Parameters
    ----------
    metres, seconds
        int32 `[profile × buckets + bucket, from, to]` over the places of the problem that matter.
    metres_to, seconds_to
        The same transposed, `[profile, to, from]` (one row holds all ways to a place): the least metres of
        all buckets, the seconds of bucket 0.
    buckets
        Starts of the departure buckets.
    rule, node, request, group
        Entries and columns above.
    stop
        Nodes of stop row `i` are `stop[i] … stop[i + 1] − 1`: its options.
    keys
        Orders of insertion `[request, order]`.
    near
        Other requests by distance `[request, rank]`, −1 where there are no more.
    busy
        `[row, (from, to)]`.
    allowed
        Whether a group may serve a request `[request, group]`, size aside.
    reserve
        How many vehicles of a reserve may move, then whether each group counts for it.
    members
        Requests `members[members[t]] … members[members[t + 1] − 1]` form the all-or-none group t.
    hash
        Random numbers that name the content of a slot: of a node before, behind, of a group.
    """

    metres: I32
    seconds: I32
    metres_to: I32
    seconds_to: I32
    buckets: I64
    rule: I64
    node: I64
    request: I64
    group: I64
    stop: I64
    keys: F64
    near: I32
    busy: I64
    allowed: U8
    reserve: I64
    members: I64
    hash: I64


class Search(NamedTuple):
    """A search under way; every array is changed in place.

    Parameters
    ----------
    line, slot
        Solution: rows above per slot `[slot, row, position]` (position 0 is the start, COUNT + 1 the end);
        columns above.
    saved, saved_slot
        What the slots touched in this iteration were before it.
    table
        Rows above.
    known
        Best insertion of a request into a slot `[request, slot]`: name of the slot's content, cost (metres
        where `R_RETYPE`), then (node, gap) per stop.
    alone
        A request alone in a vehicle of a group `[request, group]`: cost, rank-th cheapest group, nodes.
    best
        Best solution, a row per route: columns of `slot`, then nodes.
    tally
        Entries above.
    key
        Temperatures; sort keys of PICK.
    random
        State of the random numbers.
    scratch
        Rows above.
    """

    line: I64
    slot: I64
    saved: I64
    saved_slot: I64
    table: I64
    known: I64
    alone: I64
    best: I64
    tally: I64
    key: F64
    random: U64
    scratch: I64
