"""Documents that leave the house and come back: problems, schedules, summaries, and their JSON Schemas.

Units are in the names (`_s` seconds since the start of the service day, `_m` metres, `_fen` money);
coordinates are WGS-84 with longitude first.
"""
