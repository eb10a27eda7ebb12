#!/usr/bin/env python3
"""Measures the real window: start to first painted frame, memory, idling, sockets.

    cargo build --release
    python3 benches/window.py [--runs 9] [--binary target/release/whetstone]

Runs the program under Xvfb with software OpenGL on a fresh data folder each time, opened at a finished question.
"First frame" is the time from starting the process to the moment the first frame is on the screen: the program writes the
start of each frame to the file named in WHETSTONE_FRAMES, and a second frame begins once the first one is shown.
Needs Debian's xvfb; strace for the sockets.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def pss_mb(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M).group(1)) / 1024


def cpu_secs(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def frames(path):
    return [tuple(map(float, line.split())) for line in path.read_text().splitlines() if line]


def prepare(binary, folder):
    """A data folder that opens at a finished question, with a confidence rating in it."""
    subprocess.run([binary, "--data-dir", folder, "confidence", "kafka/isr", "likely"], check=True, stdout=subprocess.DEVNULL)


def run(binary, env, folder, idle_secs):
    log = Path(folder) / "frames.log"
    begun = time.time()
    child = subprocess.Popen([binary, "--data-dir", str(Path(folder) / "data")], env={**env, "WHETSTONE_FRAMES": str(log)})
    try:
        while not log.exists() or len(frames(log)) < 2:
            if time.time() - begun > 30 or child.poll() is not None:
                raise SystemExit("the window did not open")
            time.sleep(0.005)
        first_ms = frames(log)[1][0] - begun * 1000
        time.sleep(4)
        memory = pss_mb(child.pid)
        before, cpu = len(frames(log)), cpu_secs(child.pid)
        time.sleep(idle_secs)
        idle = len(frames(log)) - before, (cpu_secs(child.pid) - cpu) / idle_secs * 100
    finally:
        child.terminate()
        child.wait()
    return first_ms, memory, *idle


def sockets(binary, env, folder):
    """Families of the sockets that a run opens."""
    if not shutil.which("strace"):
        return "strace is not installed"
    out = Path(folder) / "strace.log"
    command = ["strace", "-f", "-e", "trace=network", "-o", out, binary, "--data-dir", str(Path(folder) / "data")]
    child = subprocess.Popen(command, env=env, start_new_session=True)
    time.sleep(8)
    os.killpg(child.pid, 15)
    child.wait()
    families = re.findall(r"socket\((AF_\w+)", out.read_text())
    return ", ".join(f"{name} × {families.count(name)}" for name in sorted(set(families))) or "none"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default="target/release/whetstone")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--idle", type=float, default=10)
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    display = next(n for n in range(90, 200) if not Path(f"/tmp/.X{n}-lock").exists())
    server = subprocess.Popen(["Xvfb", f":{display}", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
    env = {**os.environ, "DISPLAY": f":{display}", "LIBGL_ALWAYS_SOFTWARE": "1"}
    env.pop("WAYLAND_DISPLAY", None)
    try:
        time.sleep(1)
        rows = []
        for index in range(options.runs + 1):
            with tempfile.TemporaryDirectory() as folder:
                prepare(binary, str(Path(folder) / "data"))
                row = run(binary, env, folder, options.idle if index == 1 else 0.2)
                # The first run warms the page cache.
                if index:
                    rows.append(row)
        with tempfile.TemporaryDirectory() as folder:
            families = sockets(binary, env, folder)
    finally:
        server.terminate()
    firsts = sorted(row[0] for row in rows)
    print(f"first frame   {statistics.median(firsts):.0f} ms (of {len(firsts)} runs: {firsts[0]:.0f} to {firsts[-1]:.0f})   bar 250 ms")
    print(f"memory, PSS   {statistics.median(row[1] for row in rows):.0f} MB   bar 150 MB")
    print(f"idle {options.idle:.0f} s     {rows[0][2]} frames, {rows[0][3]:.2f} % CPU   bar 0 frames, 0.1 %")
    print(f"binary        {os.path.getsize(binary) / 1e6:.1f} MB   bar 30 MB")
    print(f"sockets       {families}")


if __name__ == "__main__":
    main()
