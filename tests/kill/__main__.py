"""`python -m tests.kill [100 [apply|import|match-job]]`: kills on a database made for it."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["KILL_POINTS"] = sys.argv[1] if len(sys.argv) > 1 else "100"
    only = ["-k", sys.argv[2]] if len(sys.argv) > 2 else []
    sys.exit(pytest.main(["-n", "0", "-s", *only, "tests/kill/test_kill.py"]))
