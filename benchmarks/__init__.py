"""The speed claims, measured side by side with others who do the same job: `python -m benchmarks`.

`rows.py` is the list of claims, `contestants.py` what is timed for them, `peers/` the others. Each round runs every contestant
once, each in a process of its own; `table.py` draws what came out.
"""
