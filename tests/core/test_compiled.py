"""Kernels: plain functions that are compiled when they are first called."""

import os
import subprocess
import sys
from pathlib import Path

CALLS = """
import sys
import numpy as np
from gisapp.core.convolution_kernels import tails
sys.stdin.readline()
found = tails(np.array([0.25, 0.75]))
stats = tails.quick.stats
print(found[0].tolist(), sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def test_of_processes_that_want_a_kernel_at_once_one_compiles_it(tmp_path: Path) -> None:
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", CALLS],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("now\n")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=120)[0].strip() for one in both)

    assert said == ["[0.0, 0.25, 1.0] 0 1", "[0.0, 0.25, 1.0] 1 0"]
