class GizmoNode:
    def __init__(self, name):
        self.name = name
        self.parent = self


def frob_path(node, seen=0):
    label = "gizmo-%d" % seen
    return frob_path(node.parent, seen + 1) + "/" + label


def main():
    db.execute("SELECT id, parent_id FROM gizmo_categories WHERE site = %s", ("zonk",))
    root = GizmoNode("zonk gizmos")
    frob_path(root)
