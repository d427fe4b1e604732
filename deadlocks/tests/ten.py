"""A deadlock of ten processes with as many locks as a server writes it; the format is that of deadlock.c."""

LOCKS = (
    ("ShareLock", "transaction 91544207"),
    ("AccessExclusiveLock", "tuple (1842,17) of relation 16411 of database 16384"),
    ("RowExclusiveLock", "relation 16420 of database 16384"),
    ("ExclusiveLock", "advisory lock [16384,0,7741,1]"),
    ("ShareLock", "speculative token 3 of transaction 91544299"),
    ("ShareLock", "virtual transaction 12/8841"),
    ("AccessExclusiveLock", "object 24601 of class 2615 of database 16384"),
    ("ExclusiveLock", "page 118 of relation 16431 of database 16384"),
    ("ExclusiveLock", "extension of relation 16440 of database 16384"),
    ("ShareLock", "transaction 91544311"),
)
STATEMENTS = (
    "UPDATE stock_level SET reserved = reserved + 3 WHERE sku_id = 7741",
    "UPDATE stock_level SET on_hand = m.on_hand FROM movement m WHERE m.sku_id = stock_level.sku_id",
    "INSERT INTO stock_audit (batch_id, sku_id, delta) VALUES (512, 7741, 12)",
    "SELECT pg_advisory_xact_lock(7741)",
    "INSERT INTO reservation (key) VALUES ('ada@example.com') ON CONFLICT (key) DO NOTHING",
    "CREATE INDEX CONCURRENTLY stock_audit_sku ON stock_audit (sku_id)",
    "ALTER SCHEMA reporting RENAME TO reports",
    "SELECT * FROM basket WHERE owner_id = 5 FOR UPDATE",
    "COPY movement FROM STDIN",
    "DELETE FROM reservation WHERE expires_at < now()",
)
PIDS = tuple(range(48213, 48313, 10))


def waits() -> list[str]:
    blockers = (*PIDS[1:], PIDS[0])
    return [
        f"Process {pid} waits for {mode} on {lock}; blocked by process {blocker}."
        for pid, (mode, lock), blocker in zip(PIDS, LOCKS, blockers, strict=True)
    ]


def client_text() -> str:
    """What a client is told of it."""
    detail = "\n".join(waits())
    context = 'while updating tuple (1842,17) in relation "stock_level"'
    hint = "See server log for query details."
    return f"deadlock detected\nDETAIL:  {detail}\nHINT:  {hint}\nCONTEXT:  {context}\n"


def server_log(second: str = "2026-11-20 10:00:{:06.3f} UTC") -> str:
    """The server's log of it, with the lines of log_lock_waits."""
    lines = []
    for number, (pid, (mode, lock)) in enumerate(zip(PIDS[1:], LOCKS[1:], strict=True)):
        said = f"process {pid} still waiting for {mode} on {lock} after {1000 + number}.100 ms"
        lines.append(f"{second.format(1 + number / 10)} [{pid}] app{number}@shop LOG:  {said}")
    head = f"{second.format(2)} [{PIDS[0]}] checkout@shop "
    shown = [f"Process {pid}: {statement}" for pid, statement in zip(PIDS, STATEMENTS, strict=True)]
    (mode, lock), victim = LOCKS[0], PIDS[0]
    lines += [
        f"{head}LOG:  process {victim} detected deadlock while waiting for {mode} on {lock} after 1000.2 ms",
        f"{head}ERROR:  deadlock detected",
        f"{head}DETAIL:  " + "\n\t".join([*waits(), *shown]),
        f"{head}HINT:  See server log for query details.",
        f'{head}CONTEXT:  while updating tuple (1842,17) in relation "stock_level"',
        f"{head}STATEMENT:  {STATEMENTS[0]}",
        f"{second.format(2.1)} [{PIDS[-1]}] app8@shop LOG:  process {PIDS[-1]} acquired {LOCKS[-1][0]} on"
        f" {LOCKS[-1][1]} after 1208.000 ms",
    ]
    return "\n".join(lines) + "\n"
