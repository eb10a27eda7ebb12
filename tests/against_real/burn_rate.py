#!/usr/bin/env python3
"""Asks promtool when burn-rate alerts fire and resolve in made-up incidents, and writes tests/vectors/burn-rate.json.

    apt install prometheus      # promtool 2.42
    python3 tests/against_real/burn_rate.py

Each case is a service's requests and errors for each minute, in runs of [minutes, requests, errors], after three quiet days; the
rules are those of the Workbook for an objective. promtool is told that no alert ever fires and complains for each minute at which
one does; the answer is the minutes at which each alert fires, in runs of [first, last].
"""

import json
import random
import re
import subprocess
import tempfile
from pathlib import Path

WINDOWS = {"5m": 5, "30m": 30, "1h": 60, "6h": 360, "3d": 4320}
ALERTS = [("PageFast", "1h", "5m", 0.02), ("PageSlow", "6h", "30m", 0.05), ("Ticket", "3d", "6h", 0.10)]
QUIET = 4320


def rules(case):
    lines = ["groups:", "  - name: slo", "    rules:"]
    for name in WINDOWS:
        total = f"sum by (job) (rate(http_requests_total[{name}]))"
        lines.append(f'      - {{record: "job:errors:ratio_{name}", expr: \'sum by (job) (rate(http_requests_total{{code="500"}}[{name}])) / {total}\'}}')
    for alert, long, short, share in ALERTS:
        burn = share * case["period_days"] * 1440 / WINDOWS[long]
        limit = f"{burn:.10g} * {1 - case['slo']:.10g}"
        expr = f"job:errors:ratio_{long} > {limit}"
        if case["short"]:
            expr += f" and job:errors:ratio_{short} > {limit}"
        hold = f", for: {case['for']}m" if case["for"] else ""
        keep = f", keep_firing_for: {case['keep']}m" if case["keep"] else ""
        lines.append(f"      - {{alert: {alert}, expr: '{expr}'{hold}{keep}}}")
    return "\n".join(lines) + "\n"


def values(steps):
    """Counter values a minute apart, the first 0, in promtool's notation."""
    out, at = ["0"], 0
    for minutes, per_minute in steps:
        out.append(f"{at + per_minute}+{per_minute}x{minutes - 1}")
        at += minutes * per_minute
    return " ".join(out)


def firing(case, folder):
    runs = [[QUIET, case["requests"], 0]] + case["runs"]
    length = sum(run[0] for run in runs)
    (folder / "rules.yml").write_text(rules(case))
    tests = []
    for alert, *_ in ALERTS:
        for minute in range(QUIET, length + 1):
            tests.append(f"      - {{eval_time: {minute}m, alertname: {alert}, exp_alerts: []}}")
    ok = values([(minutes, requests - errors) for minutes, requests, errors in runs])
    bad = values([(minutes, errors) for minutes, _, errors in runs])
    (folder / "test.yml").write_text(
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n"
        f"      - {{series: 'http_requests_total{{job=\"api\",code=\"200\"}}', values: '{ok}'}}\n"
        f"      - {{series: 'http_requests_total{{job=\"api\",code=\"500\"}}', values: '{bad}'}}\n"
        "    alert_rule_test:\n" + "\n".join(tests) + "\n"
    )
    said = subprocess.run(["promtool", "test", "rules", "test.yml"], cwd=folder, capture_output=True, text=True)
    text = said.stdout + said.stderr
    assert "SUCCESS" in text or "FAILED" in text, text[:2000]
    assert "error" not in text.lower(), text[:2000]
    fires = {alert: [] for alert, *_ in ALERTS}
    for alert, time in re.findall(r"alertname:\s*(\w+), time:\s*(\w+)", text):
        minutes = sum(int(n) * {"h": 60, "m": 1, "s": 0, "d": 1440}[unit] for n, unit in re.findall(r"(\d+)([dhms])", time))
        runs_of = fires[alert]
        if runs_of and runs_of[-1][1] == minutes - QUIET - 1:
            runs_of[-1][1] += 1
        else:
            runs_of.append([minutes - QUIET, minutes - QUIET])
    return fires


def cases():
    base = {"slo": 0.999, "period_days": 30, "short": True, "for": 0, "keep": 0, "requests": 900}
    yield base | {"runs": [[10, 900, 900], [140, 900, 0]]}
    yield base | {"runs": [[1, 900, 900], [100, 900, 0]]}
    yield base | {"runs": [[10, 900, 900], [140, 900, 0]], "short": False}
    yield base | {"runs": [[500, 900, 9], [60, 900, 0]]}
    yield base | {"runs": [[30, 900, 18], [20, 900, 0], [30, 900, 18], [60, 900, 0]]}
    yield base | {"runs": [[30, 900, 90], [90, 900, 0]], "for": 5}
    yield base | {"runs": [[30, 900, 90], [90, 900, 0]], "keep": 10}
    yield base | {"runs": [[15, 900, 0], [20, 0, 0], [60, 900, 0]]}
    yield base | {"runs": [[10, 900, 450], [20, 0, 0], [60, 900, 0]]}
    yield base | {"runs": [[20, 2, 0], [1, 2, 1], [80, 2, 0]], "requests": 2}
    yield base | {"runs": [[60, 900, 900], [60, 900, 0]], "slo": 0.9}
    yield base | {"runs": [[60, 900, 20], [60, 900, 0]], "period_days": 28}
    pick = random.Random(6)
    for _ in range(10):
        runs = []
        for _ in range(pick.randint(2, 6)):
            requests = pick.choice([900, 900, 600, 30])
            runs.append([pick.randint(1, 60), requests, int(requests * pick.choice([0, 0, 0.003, 0.01, 0.02, 0.1, 1.0]))])
        runs.append([60, 900, 0])
        yield base | {
            "runs": runs,
            "slo": pick.choice([0.99, 0.995, 0.999, 0.9995]),
            "short": pick.random() < 0.8,
            "for": pick.choice([0, 0, 0, 3]),
            "keep": pick.choice([0, 0, 0, 15]),
        }


version = subprocess.run(["promtool", "--version"], capture_output=True, text=True).stdout.split(",")[1].split()[1]
rows = []
with tempfile.TemporaryDirectory() as folder:
    for case in cases():
        rows.append(json.dumps(case | {"fires": firing(case, Path(folder))}, separators=(",", ":")))
text = f'{{"origin":"promtool {version}, test rules; tests/against_real/burn_rate.py",\n"cases":[\n' + ",\n".join(rows) + "\n]}\n"
(Path(__file__).parent.parent / "vectors" / "burn-rate.json").write_text(text)
