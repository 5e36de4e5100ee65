"""What Prometheus may know of the bot: numbers only, never whose they are.

Counted in memory where things happen, some microseconds each; what has to be asked of the
database is asked when somebody looks (bot/monitor.py).
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
# Seconds. An acknowledgement has 3 s, a delivery should start within 50 ms of its moment, and
# one that waits for quiet hours is not late: its moment is the end of them.
QUICK = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
SLOW = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0)

ACK = Histogram(
    "liaison_ack_seconds", "From the arrival of an event to its acknowledgement.",
    ["platform"], buckets=QUICK, registry=REGISTRY,
)  # fmt: skip
EVENTS = Counter(
    "liaison_events_total", "Events by what became of them: handled, again, refused, set_aside.",
    ["platform", "kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
CALL = Histogram(
    "liaison_call_seconds", "How long a platform took to answer a delivery.",
    ["platform"], buckets=QUICK, registry=REGISTRY,
)  # fmt: skip
DELIVERIES = Counter(
    "liaison_deliveries_total",
    "Attempts by what became of them: sent, queued (to be tried again), in_doubt, dead, skipped, "
    "unverified.",
    ["platform", "cls", "state"], registry=REGISTRY,
)  # fmt: skip
LIMITED = Counter(
    "liaison_limited_total", "Answers 429: the platform asked us to wait.",
    ["platform"], registry=REGISTRY,
)  # fmt: skip
LATENESS = Histogram(
    "liaison_delivery_lateness_seconds", "From the moment a message could go to its arrival.",
    ["platform", "cls"], buckets=SLOW, registry=REGISTRY,
)  # fmt: skip
DUE = Counter(
    "liaison_due_total", "Due work by kind and outcome: done, failed, dead.",
    ["kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
DUE_LATENESS = Histogram(
    "liaison_due_lateness_seconds", "From the moment something fell due to when it was done.",
    buckets=SLOW, registry=REGISTRY,
)  # fmt: skip
WAITING = Gauge(
    "liaison_outbox_waiting", "Deliveries that could go now, by class (0 interactive, 4 digest).",
    ["platform", "cls"], registry=REGISTRY,
)  # fmt: skip
OLDEST = Gauge(
    "liaison_outbox_oldest_seconds", "For how long the oldest of them could have gone.",
    ["platform", "cls"], registry=REGISTRY,
)  # fmt: skip
FLYING = Gauge(
    "liaison_outbox_flying", "Deliveries that are being sent or are in doubt.",
    ["platform", "state"], registry=REGISTRY,
)  # fmt: skip
DUE_WAITING = Gauge(
    "liaison_due_waiting", "Due work whose moment has come, that is not done.", registry=REGISTRY
)
DUE_OLDEST = Gauge(
    "liaison_due_oldest_seconds", "For how long the oldest of it has been due.", registry=REGISTRY
)
SET_ASIDE = Gauge("liaison_set_aside", "Events that wait for `main.py events`.", registry=REGISTRY)
