"""What is no deadlock, although it looks like one."""

from deadlocks.analyzer.tests.scenarios.setting import FAKE, FAKE_DETAIL, Scenario, up

RAISED = "DO $$ BEGIN RAISE {level} 'deadlock detected' {using}; END $$"
NEGATIVES = (
    Scenario("raise", None, (("A", RAISED.format(level="EXCEPTION", using="")),)),
    Scenario(
        "raise-40P01", None, (("A", RAISED.format(level="EXCEPTION", using="USING ERRCODE = '40P01'")),)
    ),
    Scenario(
        "raise-detail",
        None,
        (
            (
                "A",
                RAISED.format(
                    level="EXCEPTION",
                    using="USING ERRCODE = '40P01', HINT = 'See server log for query details.', DETAIL = "
                    "'Process 11 waits for ShareLock on transaction 1; blocked by process 12.' || E'\\n' || "
                    "'Process 12 waits for ShareLock on transaction 2; blocked by process 11.'",
                ),
            ),
        ),
    ),
    Scenario("raise-log", None, (("A", RAISED.format(level="LOG", using="")),)),
    Scenario(
        "raise-warning", None, (("A", RAISED.format(level="WARNING", using="USING ERRCODE = '40P01'")),)
    ),
    Scenario(
        "literal", None, (("A", "SELECT 'ERROR:  deadlock detected'"),), settings=(("log_statement", "all"),)
    ),
    Scenario(
        "literal-lines",
        None,
        (("A", f"SELECT 'x\n{FAKE}\n{FAKE_DETAIL}\n'"),),
        settings=(("log_statement", "all"),),
    ),
    Scenario("cast", None, (("A", f"SELECT $q$x\n{FAKE}\n{FAKE_DETAIL}$q$::int"),)),
    Scenario("missing-table", None, (("A", 'SELECT * FROM "deadlock detected"'),)),
    Scenario("syntax", None, (("A", "deadlock detected"),)),
    Scenario(
        "lock-timeout",
        None,
        (("A", "BEGIN"), ("A", up(1)), ("B", "SET lock_timeout = '100ms'"), ("B", up(1))),
    ),
    Scenario(
        "nowait",
        None,
        (("A", "BEGIN"), ("A", up(1)), ("B", "SELECT * FROM accounts WHERE id = 1 FOR UPDATE NOWAIT")),
    ),
    Scenario("duplicate", None, (("A", "INSERT INTO accounts VALUES (1)"),)),
    Scenario(
        "serialization",
        None,
        (
            ("A", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
            ("A", "SELECT count(*) FROM accounts"),
            ("B", up(1)),
            ("A", up(1)),
        ),
    ),
    Scenario(
        "avoided",
        None,
        (
            ("A", "BEGIN"),
            ("M", "BEGIN"),
            ("B", "BEGIN"),
            ("A", "SELECT count(*) FROM orders"),
            ("B", up(6)),
            ("M", "ALTER TABLE orders ADD COLUMN w int"),
            ("B", "SELECT * FROM orders WHERE id = 1"),
            ("A", up(6)),
        ),
    ),
    Scenario(
        "application",
        None,
        (("A", "SET application_name = 'ERROR:  deadlock detected'"), ("A", "SELECT 1/0")),
        prefix="%m [%p] %a ",
    ),
    Scenario(
        "swallowed",
        None,
        (("A", "DO $$ BEGIN RAISE deadlock_detected; EXCEPTION WHEN deadlock_detected THEN NULL; END $$"),),
    ),
)
