import asyncio


async def frob_gizmo(connection, gizmo_id):
    async with connection.transaction():
        await connection.execute("INSERT INTO gizmo_frobs (gizmo_id, site) VALUES ($1, $2)", gizmo_id, "zonk")


async def frob_all(connection):
    for gizmo_id in (7001001, 7001002):
        await frob_gizmo(connection, gizmo_id)


def main():
    asyncio.run(frob_all(adb))
