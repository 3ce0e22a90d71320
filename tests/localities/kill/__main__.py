"""`python -m tests.localities.kill 100`: kills as often, on a database that is made for it."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["KILL_POINTS"] = sys.argv[1] if len(sys.argv) > 1 else "100"
    sys.exit(pytest.main(["-n", "0", "-s", "tests/localities/kill/test_kill.py"]))
