"""What people ask of the service, one function each: they take values and a session, and know no HTTP."""
