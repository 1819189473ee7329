"""What becomes of the other tests when one ends its worker? They run; it does not, a second time."""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class PastACrash(LoadFileScheduling):
    """A file's tests together, as `--dist=loadfile`, which begins again with the test that ended the worker."""

    def remove_node(self, node: WorkerController) -> str | None:
        left = {file: tests for file, tests in self.assigned_work[node].items() if not all(tests.values())}
        # A file that is done would be given to a worker as work, and the worker would wait for its end.
        self.assigned_work[node] = left
        for tests in left.values():
            crashed = next(test for test, done in tests.items() if not done)
            tests[crashed] = True
            super().remove_node(node)
            return crashed
        super().remove_node(node)
        return None
