"""What a dispatcher brings: sheets of requests and riders, the place of an incident, put on the day's roads.

`places` turns coordinates and words into points on roads, `columns` says what the sheets hold, `requests`,
`riders` and `incident` make what a planner is asked. A bad row is a fault of its cell and loses no good one.
"""
