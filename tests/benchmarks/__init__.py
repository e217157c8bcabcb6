"""How fast the club is, against the least that the same work costs on the same machine.

    python -m tests.benchmarks [engine orders growth import mail due trial segments] [--seconds 4] [--pairs 3] [--members 1000000]

Every benchmark makes databases of its own (``stamkund_benchmark…``), drops them again, and talks to this
machine only: PostgreSQL on its usual port, pgbench and wrk. Absolute figures tell about the machine; the
ratios tell about the club.
"""
