"""How long a plan takes to be ready, timed from inside: python -m benchmarks.load compile|validator PLAN"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

from protocols import Validator
from protocols.plan import load_plan
from protocols.schema import compile_plan

EVENT = b'{"type":"track","event":"Amber Amber Product Viewed","userId":"u1","properties":{"product_id":"p1","currency":"EUR"}}'

MODES: Mapping[str, Callable[[str], object]] = {
    "compile": lambda path: compile_plan(load_plan(path)),
    "validator": lambda path: Validator(path).validate(EVENT),
}

if __name__ == "__main__":
    mode, path = sys.argv[1:]
    cpu, wall = time.process_time(), time.perf_counter()
    MODES[mode](path)
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))
