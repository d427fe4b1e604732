def move_stock(source, target, quantity):
    db.execute('UPDATE "gizmos" SET "stock" = "stock" - %s WHERE "gizmos"."id" = %s', (quantity, source))
    db.execute('UPDATE "gizmos" SET "stock" = "stock" + %s WHERE "gizmos"."id" = %s /* second */', (quantity, target))


def frob_transfer(request_id, customer_email):
    db.execute("SAVEPOINT \"s7001002_x1\"")
    move_stock(7001002, 7001001, 3)


def application(environ, start_response):
    db.execute('SELECT "customers"."id" FROM "customers" WHERE "customers"."email" = %s', ("pat.tester@example.org",))
    frob_transfer("req-7001002", "pat.tester@example.org")
