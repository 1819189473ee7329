"""Files that are spoilt in a thousand ways, and what each of them costs to open."""

import sys
from pathlib import Path

# Beside the tests, as they find each other, whether this is run by them or by hand.
if (tests := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.append(tests)
