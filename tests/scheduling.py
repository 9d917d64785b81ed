"""How pytest-xdist's workers share the tests: by file, the named groups first.

A file's fixtures are made once, and the worker that takes a file knows all of its tests at once; one test at a time
costs the controller a look at everything that was given out before (pytest-xdist 3.8.0, `LoadScopeScheduling`). What
takes long carries an `xdist_group`, so that no worker is left with it at the end while the others have nothing to do.
"""

from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController


class FilesAndGroups(LoadGroupScheduling):
    """Gives each worker a group or a file at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return super()._split_scope(nodeid).partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        group = next((scope for scope in self.workqueue if not scope.endswith(".py")), None)
        if group is not None:
            self.workqueue.move_to_end(group, last=False)
        super()._assign_work_unit(node)
