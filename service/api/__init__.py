"""The HTTP interface: endpoints parse, call a use case, and return; nothing is decided here."""
