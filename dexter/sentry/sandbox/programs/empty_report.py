def average(values):
    return sum(values) / len(values)


def frob_report(site, gizmos):
    report = {"site": site, "count": len(gizmos)}
    report["mean gizmo"] = average([gizmo["frob"] for gizmo in gizmos])
    return report


def gizmo_zonk_report():
    db.execute("SELECT frob FROM gizmos WHERE site = %s AND day = CURRENT_DATE", ("zonk",))
    return frob_report("zonk", [])


def main():
    gizmo_zonk_report()
