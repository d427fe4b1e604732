import asyncio


class GizmoUnavailable(Exception):
    pass


async def frob(gizmo_id):
    await asyncio.sleep(0)
    raise GizmoUnavailable("gizmo %d is locked by zonk" % gizmo_id)


async def count(gizmo_id):
    await asyncio.sleep(0)
    raise ValueError("invalid literal for gizmo count: 'n/a'")


async def frob_everything():
    async with asyncio.TaskGroup() as group:
        group.create_task(frob(7001002))
        group.create_task(count(7001002))


def main():
    asyncio.run(frob_everything())
