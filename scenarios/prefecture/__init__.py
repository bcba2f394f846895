"""An invented prefecture: its roads in OpenStreetMap format, and a workday's demand on any network."""
