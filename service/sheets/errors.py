"""What can go wrong with a whole file; what is wrong with a cell is a `Fault` in the report, not an error.

::

    ServiceError
    └── DocumentError
        └── SheetError    ValueError   no sheet, too large, a bomb, or without its headings
"""

from service.errors import DocumentError


class SheetError(DocumentError):
    """A file that cannot be read as a sheet at all; one line, Chinese first, with the way out."""
