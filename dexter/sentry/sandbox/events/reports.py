"""What PostgreSQL said, as libpq hands it to a client: texts of real servers, process numbers included.

The numbers are replaced per event (see `naming.py`); everything else stays as the server wrote it.
"""

TWO_UPDATES = (
    "deadlock detected\n"
    "DETAIL:  Process 24066 waits for ShareLock on transaction 20431; blocked by process 24062.\n"
    "Process 24062 waits for ShareLock on transaction 20432; blocked by process 24066.\n"
    "HINT:  See server log for query details.\n"
    'CONTEXT:  while updating tuple (0,17) in relation "gizmos"'
)

THREE_IN_A_RING = (
    "deadlock detected\n"
    "DETAIL:  Process 24066 waits for ShareLock on transaction 20431; blocked by process 24062.\n"
    "Process 24062 waits for ShareLock on transaction 20432; blocked by process 24064.\n"
    "Process 24064 waits for ShareLock on transaction 20433; blocked by process 24066.\n"
    "HINT:  See server log for query details.\n"
    'CONTEXT:  while updating tuple (3,41) in relation "gizmo_totals"'
)

TUPLE_QUEUE = (
    "deadlock detected\n"
    "DETAIL:  Process 24066 waits for ShareLock on transaction 20431; blocked by process 24062.\n"
    "Process 24062 waits for AccessExclusiveLock on tuple (0,8) of relation 20435 of database 20436; "
    "blocked by process 24066.\n"
    "HINT:  See server log for query details.\n"
    'CONTEXT:  while locking tuple (0,8) in relation "gizmo_jobs"'
)

UNIQUE_VIOLATION = (
    'duplicate key value violates unique constraint "gizmos_code_key"\n'
    "DETAIL:  Key (code)=(GZ-7001002) already exists."
)

STATEMENT_TIMEOUT = "canceling statement due to statement timeout"

# asyncpg keeps DETAIL, HINT and CONTEXT in attributes that the SDK does not read.
ASYNCPG = "deadlock detected"
