"""What can go wrong in the system of record.

::

    ServiceError
    ├── SettingError        ValueError   an environment variable that cannot be
    ├── DatabaseError       ValueError   no database that we can work with
    │   ├── DatabaseForeign              tables that are not ours, or a half-written migration
    │   ├── DatabaseNewer                written by a later version
    │   └── DatabaseDamaged              not a database, truncated, unreachable, read-only
    ├── NotFound            LookupError  no such row, or one outside the caller's scope
    ├── Conflict            ValueError   the row exists, or is in another state
    ├── PlanRefused         ValueError   a judge found a fault; nothing was published
    ├── OutputError         ValueError   a folder or file that cannot be written
    ├── DocumentError       ValueError   a document that does not follow its schema
    ├── IntakeError         ValueError   a place or need typed by a dispatcher that cannot be
    └── PortInUse           ValueError   somebody else listens there

Messages are one line, Chinese first, and name the value, what was expected and the way out. None knows of
HTTP: `service.api.problems` and `service.cli.failures` map them.
"""


class ServiceError(Exception):
    """Any expected failure of this room."""


class SettingError(ServiceError, ValueError):
    """A setting that cannot be."""


class DatabaseError(ServiceError, ValueError):
    """No database that we can work with."""


class DatabaseForeign(DatabaseError):
    """Tables that are not ours; we leave them alone."""


class DatabaseNewer(DatabaseError):
    """Written by a later version of this program."""


class DatabaseDamaged(DatabaseError):
    """Not a database, truncated, unreachable or read-only."""


class NotFound(ServiceError, LookupError):
    """No such row, or one outside the caller's scope."""


class Conflict(ServiceError, ValueError):
    """The row exists already, or is in a state that does not allow this."""


class PlanRefused(ServiceError, ValueError):
    """A judge found a fault; nothing was published."""


class OutputError(ServiceError, ValueError):
    """A folder or file that cannot be written."""


class DocumentError(ServiceError, ValueError):
    """A document that does not follow its schema."""


class IntakeError(ServiceError, ValueError):
    """A place or need, typed by a dispatcher, that cannot be."""


class PortInUse(ServiceError, ValueError):
    """Somebody else listens on the port."""
