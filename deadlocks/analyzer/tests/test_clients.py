# ruff: noqa: E501  texts and tables stay on one line
"""What clients print: the drivers and ORMs of eight languages, with all, some or nothing of the report."""

import pytest

from deadlocks.analyzer import analyze_event, analyze_text

W1 = "Process 11 waits for ShareLock on transaction 5154; blocked by process 12."
W2 = "Process 12 waits for ShareLock on transaction 5155; blocked by process 11."
D = W1 + "\n" + W2
H = "See server log for query details."
C = 'while updating tuple (0,2) in relation "accounts"'
N = "'" + W1 + "\\n' +\n    '" + W2 + "'"
N2 = "'" + W1 + "\\n' +\n      '" + W2 + "'"
FULL = {
    "psql": f"ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n",
    "psql-file": f"psql:/tmp/x.sql:3: ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n",
    "psql-verbose": f"ERROR:  40P01: deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\nLOCATION:  DeadLockReport, deadlock.c:1147\n",
    "psql-line": f"ERROR:  deadlock detected\nLINE 1: SELECT name FROM customers WHERE id=1\n                         ^\nDETAIL:  {D}\nHINT:  {H}\n",
    "psycopg2": f'Traceback (most recent call last):\n  File "a.py", line 5, in <module>\n    cur.execute(sql)\npsycopg2.errors.DeadlockDetected: deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n\n',
    "sqlalchemy": f'psycopg.errors.DeadlockDetected: deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\nsqlalchemy.exc.OperationalError: (psycopg.errors.DeadlockDetected) deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n[SQL: UPDATE accounts SET balance = balance + %(a)s WHERE id = %(b)s]\n[parameters: {{"a": 100}}]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)\n',
    "ruby": f"app.rb:12:in `exec_params': ERROR:  deadlock detected (PG::TRDeadlockDetected)\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n\tfrom app.rb:12:in `<main>'\n",
    "rails": f"app.rb:12:in `exec': PG::TRDeadlockDetected: ERROR:  deadlock detected (ActiveRecord::Deadlocked)\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n\tfrom x\ncause: app.rb:12:in `exec': ERROR:  deadlock detected (PG::TRDeadlockDetected)\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n",
    "rails-log": f"E, [2026-11-20T22:50:36.006 #123] ERROR -- : ActiveRecord::Deadlocked (PG::TRDeadlockDetected: ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n):\n  app.rb:1\n",
    "perl": f"DBD::Pg::st execute failed: ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} at /srv/app/x.pl line 22.\n",
    "php-pg": f"PHP Warning:  pg_query_params(): Query failed: ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} in /srv/app/pg.php on line 21\n",
    "pdo": f"PHP Fatal error:  Uncaught PDOException: SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} in /srv/app/pdo.php:14\nStack trace:\n#0 /srv/app/pdo.php(14): PDOStatement->execute()\n#1 {{main}}\n  thrown in /srv/app/pdo.php on line 14\n",
    "doctrine": f"Fatal error: Uncaught PDOException: SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} in /a.php:1\nStack trace:\n#0\n\nNext Doctrine\\DBAL\\Driver\\PDO\\Exception: SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} in /b.php:3\n\nNext Doctrine\\DBAL\\Exception\\DeadlockException: An exception occurred while executing a query: SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C} in /c.php:3\n",
    "jdbc": f'Exception in thread "main" org.postgresql.util.PSQLException: ERROR: deadlock detected\n  Detail: {D}\n  Hint: {H}\n  Where: {C}\n\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2676)\n\tat Main.main(Main.java:5)\n',
    "spring": f"org.springframework.dao.CannotAcquireLockException: PreparedStatementCallback; SQL [UPDATE x]; ERROR: deadlock detected\n  Detail: {D}\n  Hint: {H}\n  Where: {C}; nested exception is org.postgresql.util.PSQLException: ERROR: deadlock detected\n  Detail: {D}\n  Hint: {H}\n  Where: {C}\n\tat x\nCaused by: org.postgresql.util.PSQLException: ERROR: deadlock detected\n  Detail: {D}\n  Hint: {H}\n  Where: {C}\n\tat y\n",
    "jdbc-pos": f"org.postgresql.util.PSQLException: ERROR: deadlock detected\n  Detail: {D}\n  Hint: {H}\n  Position: 18\n\tat x\n",
    "asyncpg": f"asyncpg.exceptions.DeadlockDetectedError: deadlock detected\nDETAIL:  {D}\nHINT:  {H}\n",
    "pg8000": "pg8000.exceptions.DatabaseError: {'S': 'ERROR', 'V': 'ERROR', 'C': '40P01', 'M': 'deadlock detected', 'D': '"
    + D.replace("\n", "\\n")
    + "', 'H': '"
    + H
    + "', 'W': '"
    + C
    + "', 'F': 'deadlock.c', 'L': '1135', 'R': 'DeadLockReport'}\n",
    "pg8000-sa": "pg8000.exceptions.DatabaseError: {'S': 'ERROR', 'V': 'ERROR', 'C': '40P01', 'M': 'deadlock detected', 'D': '"
    + D.replace("\n", "\\n")
    + "', 'H': '"
    + H
    + "', 'W': '"
    + C
    + "', 'F': 'deadlock.c', 'L': '1135', 'R': 'DeadLockReport'}\n\nThe above exception was the direct cause:\nsqlalchemy.exc.OperationalError: (pg8000.exceptions.DatabaseError) {'S': 'ERROR', 'V': 'ERROR', 'C': '40P01', 'M': 'deadlock detected', 'D': '"
    + D.replace("\n", "\\n")
    + "', 'H': '"
    + H
    + "', 'W': '"
    + C
    + "', 'F': 'deadlock.c'}\n[SQL: UPDATE]\n",
    "node": f"error: deadlock detected\n    at /srv/x.js:1:1 {{\n  length: 328,\n  severity: 'ERROR',\n  code: '40P01',\n  detail: {N},\n  hint: '{H}',\n  where: '{C}',\n  file: 'deadlock.c'\n}}\n",
    "sequelize": f"Error\n    at Query.run (x.js:1) {{\n  name: 'SequelizeDatabaseError',\n  parent: error: deadlock detected\n      at y {{\n    length: 3,\n    code: '40P01',\n    detail: {N2},\n    hint: '{H}',\n    where: '{C}',\n    sql: 'UPDATE x'\n  }},\n  original: error: deadlock detected\n      at y {{\n    code: '40P01',\n    detail: {N2},\n    where: '{C}',\n  }},\n  sql: 'UPDATE x',\n  parameters: [ 100, 2 ]\n}}\n",
    "typeorm": f"QueryFailedError: deadlock detected\n    at x {{\n  query: 'UPDATE',\n  parameters: [],\n  driverError: error: deadlock detected\n      at z {{\n    code: '40P01',\n    detail: {N2},\n    where: '{C}',\n  }},\n  length: 328,\n  severity: 'ERROR',\n  code: '40P01',\n  detail: {N},\n  where: '{C}'\n}}\n",
    "postgresjs": f"PostgresError: deadlock detected\n    at x {{\n  severity_local: 'ERROR',\n  severity: 'ERROR',\n  code: '40P01',\n  detail: {N},\n  hint: '{H}',\n  where: '{C}',\n}}\n",
    "npgsql": f"Unhandled exception. Npgsql.PostgresException (0x80004005): 40P01: deadlock detected\n\nDETAIL: {D}\n   at Npgsql.Internal.x\n  Exception data:\n    Severity: ERROR\n    SqlState: 40P01\n    MessageText: deadlock detected\n    Detail: {D}\n    Hint: {H}\n    Where: {C}\n    File: deadlock.c\n",
    "rust-sqlx": 'Error: Database(PgDatabaseError { severity: Error, code: "40P01", message: "deadlock detected", detail: Some("'
    + D.replace("\n", "\\n")
    + '"), hint: Some("'
    + H
    + '"), where: Some("'
    + C.replace('"', '\\"')
    + '") })\n',
    "tokio": f"Error: db error: ERROR: deadlock detected\nDETAIL: {D}\nHINT: {H}\n",
    "elixir": f"** (Postgrex.Error) ERROR 40P01 (deadlock_detected) deadlock detected\n\n    hint: {H}\n\n{D}\n    (ecto_sql 3.1) lib/x.ex\n",
    "go-pgx-detail": '&pgconn.PgError{Severity:"ERROR", Code:"40P01", Message:"deadlock detected", Detail:"'
    + D.replace("\n", "\\n")
    + '", Hint:"'
    + H
    + '", Where:"'
    + C.replace('"', '\\"')
    + '"}\n',
    "repr": "DeadlockDetected('deadlock detected\\nDETAIL:  "
    + D.replace("\n", "\\n")
    + "\\nHINT:  "
    + H
    + "\\nCONTEXT:  "
    + C
    + "')",
    "pasted-detail": D,
    "pasted-log": f"ERROR:  deadlock detected\nDETAIL:  {D}\nProcess 11: UPDATE a\nProcess 12: UPDATE b\nHINT:  {H}\nCONTEXT:  {C}\nSTATEMENT:  UPDATE a\n",
    "german-libpq": "FEHLER:  Verklemmung (Deadlock) entdeckt\nDETAIL:  Prozess 11 wartet auf ShareLock-Sperre auf Transaktion 5; blockiert von Prozess 12.\nProzess 12 wartet auf ShareLock-Sperre auf Transaktion 6; blockiert von Prozess 11.\nTIP:  Einzelheiten zur Anfrage finden Sie im Serverlog.\nKONTEXT:  beim Aktualisieren von Tupel (0,1) in Relation »accounts«\n",
    "django-log": f"ERROR 2026-11-20 22:50:36,006 log 123 456 Internal Server Error: /x\nTraceback (most recent call last):\npsycopg.errors.DeadlockDetected: deadlock detected\nDETAIL:  {D}\nHINT:  {H}\nCONTEXT:  {C}\n",
}
BARE = {
    "pq": "panic: pq: deadlock detected\n\ngoroutine 1 [running]:\nmain.main()\n",
    "pq2": "2026/11/20 22:50:36 pq: deadlock detected\nexit status 1\n",
    "pgx": "2026/11/20 22:50:36 ERROR: deadlock detected (SQLSTATE 40P01)\nexit status 1\n",
    "terse": "ERROR:  deadlock detected\n",
    "terse-verb": "psql:x.sql:4: ERROR:  deadlock detected\n",
    "node": "error: deadlock detected\n    at x\n",
    "node-unh": "Error: deadlock detected\n at a\nerror: deadlock detected\n  at b\n",
    "knex": 'error: update "accounts" set "balance" = $1 where "id" = $2 - deadlock detected\n    at Parser.parseErrorMessage (x.js:1)\n',
    "jdbc": 'Exception in thread "main" org.postgresql.util.PSQLException: ERROR: deadlock detected\n\tat x\n',
    "jdbc-nodetail": "java.lang.RuntimeException: org.postgresql.util.PSQLException: ERROR: deadlock detected\n\tat x\nCaused by: org.postgresql.util.PSQLException: ERROR: deadlock detected\n\tat x\n",
    "gorm": '2026/11/20 22:50:36 /srv/app/main.go:33 ERROR: deadlock detected (SQLSTATE 40P01)\n[1009.1ms] [rows:0] UPDATE "accounts" SET x WHERE id = 2\n',
    "prisma": "PrismaClientUnknownRequestError: \nInvalid `prisma.$executeRaw()` invocation:\n\nRaw query failed. Code: `40P01`. Message: `ERROR: deadlock detected`\n",
    "rust": 'Error: Database(PgDatabaseError { code: "40P01", message: "deadlock detected" })',
    "diesel": 'DatabaseError(SerializationFailure, "deadlock detected")',
    "plain": "deadlock detected",
    "sqlstate": "PDOException: SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected\n",
    "ansi": "\x1b[31merror: deadlock detected\x1b[0m\n",
    "wrapped": "transfer failed: update account 2: pq: deadlock detected (40P01)\n",
    "debug-json": '{"level":"error","error":"pq: deadlock detected","time":1}\n',
    "ja": "ERROR:  デッドロックを検出しました\n",
}
BARE |= {
    "laravel": "SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected (SQL: update x)",
    "r2dbc": "io.r2dbc.postgresql.ExceptionFactory$PostgresqlTransientException: [40P01] deadlock detected",
    "psql-sqlstate": "psql:x.sql:3: ERROR:  40P01\n",
    "sqlx": "error returned from database: deadlock detected",
}
NEGATIVE = [
    "ORA-00060: deadlock detected while waiting for resource",
    "importlib._bootstrap._DeadlockError: deadlock detected by _ModuleLock('django.x') at 140",
    "fatal error: all goroutines are asleep - deadlock!",
    "in `join': deadlock detected (fatal)",
    "2026-11-20 22:54:46 INFO app: deadlock detected, retrying (1 of 3)",
    "INFO: deadlock detected",
    'level=info msg="deadlock detected"',
    "Deadlock detected",
    " ?column? \n-------------------\n deadlock detected\n(1 row)\n",
    "We saw 'ERROR: deadlock detected' in production yesterday.",
    "AssertionError: 'deadlock detected' not found in 'ok'",
    "INSERT INTO errors (code, message) VALUES ('40P01', 'deadlock detected');",
    'if (err.code === "40P01") { console.log("deadlock detected"); }',
    "    except DeadlockDetected:\n        logger.warning('deadlock detected, retrying')\n",
    f"-- ERROR:  deadlock detected\n-- DETAIL:  {W1}\n-- {W2}\nSELECT 1;",
    'ERROR:  duplicate key value violates unique constraint "a"\nDETAIL:  Key (msg)=(ERROR:  deadlock detected'
    f"\nDETAIL:  {D}) already exists.\n",
    f"LOG:  execute <unnamed>: INSERT\nDETAIL:  parameters: $1 = 'ERROR:  deadlock detected\nDETAIL:  {D}'\n",
    "ERROR:  canceling statement due to conflict with recovery\nDETAIL:  User transaction caused buffer deadlock with recovery.\n",
    "Deadlock found when trying to get lock; try restarting transaction",
    "Transaction (Process ID 52) was deadlocked on lock resources with another process",
    "WARNING:  deadlock detected\n",
    "NOTICE:  deadlock detected\n",
    "ERROR:  deadlock detected\nCONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE\n",
    'ERROR:  relation "deadlock detected" does not exist\nLINE 1: SELECT * FROM "deadlock detected"\n',
    'ERROR:  syntax error at or near "deadlock"\nLINE 1: deadlock detected\n        ^\n',
    "LOG:  process 1 detected deadlock while waiting for ShareLock on transaction 5 after 1.0 ms",
    "the deadlock detected yesterday was bad",
    "no deadlock detected here",
    'if "deadlock detected" in str(e):',
    "except DeadlockDetected:  # deadlock detected by the server",
    "LOG:  process 9 avoided deadlock for ShareLock on transaction 4 by rearranging queue order after 500.143 ms",
    "LOG:  statement: SELECT 'ERROR:  deadlock detected'",
]

WITHOUT_CONTEXT = ("psql-line", "asyncpg", "jdbc-pos", "tokio", "elixir", "pasted-detail")
GERMAN = "beim Aktualisieren von Tupel (0,1) in Relation »accounts«"


@pytest.mark.parametrize("client", FULL)
def test_a_whole_message_is_one_report(client):
    (report,) = analyze_text(FULL[client])
    assert report.cycle == (11, 12)
    assert report.sqlstate == "40P01"
    wanted = () if client in WITHOUT_CONTEXT else (GERMAN,) if client == "german-libpq" else (C,)
    assert report.context == wanted


@pytest.mark.parametrize("client", BARE)
def test_a_message_alone_is_one_report_that_says_what_is_missing(client):
    (report,) = analyze_text(BARE[client])
    assert report.edges == ()
    assert "detail" in report.missing
    assert "in the server log" in report.diagnosis.evidence[0]


@pytest.mark.parametrize("text", NEGATIVE)
def test_the_words_alone_are_no_report(text):
    assert analyze_text(text) == ()
    assert analyze_event({"exception": {"values": [{"type": "Error", "value": text}]}}) == ()
    assert analyze_event({"logentry": {"formatted": text}}) == ()
    assert analyze_event({"message": "boom", "extra": {"note": text}}) == ()


def test_a_raise_is_known_by_its_context_behind_a_prefix():
    head = "2026-11-20 22:54:46.909 UTC [11] shop@shop "
    text = f"{head}ERROR:  deadlock detected\n{head}CONTEXT:  PL/pgSQL function f() line 3 at RAISE\n"
    assert analyze_event({"logentry": {"formatted": text}}) == ()


SOURCE = ['    text = ("ERROR:  deadlock detected\\n"', "DETAIL:  " + W1, W2]


@pytest.mark.parametrize(
    "frame",
    [
        {"pre_context": SOURCE},
        {"post_context": SOURCE},
        {"context_line": SOURCE[1]},
        {"context": [[5, SOURCE[1]], [6, W2]]},
    ],
)
def test_source_code_around_a_frame_is_no_report(frame):
    value = {"type": "AssertionError", "value": "boom", "stacktrace": {"frames": [frame]}}
    assert analyze_event({"event_id": "x", "exception": {"values": [value]}}) == ()


def test_a_context_that_is_no_source_is_read():
    (report,) = analyze_event({"extra": {"context": {"error": FULL["psql"]}}})
    assert report.cycle == (11, 12)


def test_a_message_on_one_line_has_all_its_edges():
    (report,) = analyze_text(f"ERROR: deadlock detected Detail: {W1} {W2} Hint: {H} Where: {C}")
    assert report.cycle == (11, 12)


def test_a_line_of_an_error_that_quotes_a_report_is_none():
    quoted = 'ERROR:  invalid input syntax for type integer: "x\n' + FULL["psql"].replace('"', "") + '"\n'
    assert analyze_text(quoted) == ()
