#!/usr/bin/env python3
"""Lets readers loose on a real Redis, and writes what came of it to tests/vectors/redis-cache.json.

    pip install redis==8.1.0
    python tests/against_real/cache_under_load.py target/systems/redis-8/redis-server

The database is a sleep of `load_ms`. Each case says how many readers came, on average and at random, how often each of several
hot keys was loaded a cycle (from one hard expiry, or early recompute, to the next), and when the first early recompute began.
Early recompute is XFetch as Vattani, Chierichetti and Lowenstein print it (VLDB 2015, figure 3); the import is one pipeline of
`SET … PX`: when its keys are due by `PEXPIRETIME`, and how many a reader finds at some moments (since the import, in milliseconds).
"""

import asyncio
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redis.asyncio as redis

PORT = 7391
SERVER = sys.argv[1] if len(sys.argv) > 1 else "redis-server"


def now():
    return time.time() * 1000


class Reader:
    """Cache-aside for one case: off, in-process, token or xfetch."""

    def __init__(self, cache, case):
        self.cache, self.case = cache, case
        self.loads = {}  # key -> [start of load, ms before the entry's expiry or None]
        self.flights = {}
        self.waited = 0
        self.requests = 0

    async def load(self, key, early=None):
        self.loads.setdefault(key, []).append((now(), early))
        begun = now()
        await asyncio.sleep(self.case["load_ms"] / 1000)
        delta = now() - begun
        expiry = now() + self.case["ttl_ms"]
        await self.cache.set(key, f"{delta}:{expiry}", px=self.case["ttl_ms"])

    async def read(self, key):
        self.requests += 1
        begun, mode = now(), self.case["mode"]
        value = await self.cache.get(key)
        if value is not None:
            if mode == "xfetch":
                delta, expiry = map(float, value.split(":"))
                if now() - delta * self.case["beta"] * math.log(1 - random.random()) >= expiry:
                    await self.load(key, round(expiry - now()))
            return
        if mode in ("off", "xfetch"):
            await self.load(key)
        elif mode == "in process":
            flight = self.flights.get(key)
            if flight is None:
                flight = self.flights[key] = asyncio.ensure_future(self.load(key))
                flight.add_done_callback(lambda _: self.flights.pop(key, None))
            await flight
        else:
            while True:
                if await self.cache.set(key + ":loading", "x", nx=True, px=self.case["token_ms"]):
                    await self.load(key)
                    break
                await asyncio.sleep(0.05)
                if await self.cache.get(key) is not None:
                    break
        if now() - begun > 40:
            self.waited += 1


async def hot(cache, case):
    await cache.flushall()
    await cache.config_resetstat()
    reader = Reader(cache, case)
    keys = [f"front:{n}" for n in range(case["keys"])]
    for key in keys:
        await cache.set(key, f"{case['load_ms']}:{now() + case['ttl_ms']}", px=case["ttl_ms"])
    end = now() + case["millis"]
    tasks = set()

    async def arrivals(key):
        while now() < end:
            await asyncio.sleep(random.expovariate(case["rate"]))
            task = asyncio.ensure_future(reader.read(key))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    await asyncio.gather(*(arrivals(key) for key in keys))
    await asyncio.gather(*tasks)
    # A cycle is a run of loads that begin less than half a TTL after the one before.
    cycles, first_early = [], []
    for loads in reader.loads.values():
        last = None
        for at, early in loads:
            if last is None or at - last > case["ttl_ms"] / 2:
                cycles.append(0)
                first_early.append(early if early is not None else 0)
            cycles[-1] += 1
            last = at
    stats = await cache.info("stats")
    return case | {
        "requests_seen": reader.requests,
        "readers_that_waited": reader.waited,
        "loads_by_cycle": cycles,
        "first_early_ms": first_early if case["mode"] == "xfetch" else [],
        "keyspace_hits": stats["keyspace_hits"],
        "keyspace_misses": stats["keyspace_misses"],
    }


async def imported(cache, case):
    await cache.flushall()
    await cache.config_resetstat()
    pipe = cache.pipeline(transaction=False)
    for n in range(case["keys"]):
        spread = case["ttl_ms"] * case["jitter_percent"] // 100
        pipe.set(f"product:{n}", "x", px=case["ttl_ms"] + (random.randint(-spread, spread) if spread else 0))
    await pipe.execute()
    for n in range(case["keys"]):
        pipe.pexpiretime(f"product:{n}")
    expiries = await pipe.execute()
    # The import takes a moment; its middle is where the TTLs count from.
    begun, due, seen = sum(expiries) / len(expiries) - case["ttl_ms"], {}, []
    for at in expiries:
        due[int(at - begun) // 100] = due.get(int(at - begun) // 100, 0) + 1
    for wait in (0.8, 0.97, 1.03, 1.3):
        await asyncio.sleep((begun + case["ttl_ms"] * wait - now()) / 1000)
        for n in range(case["keys"]):
            pipe.exists(f"product:{n}")
            if n == case["keys"] // 2:
                pipe.time()
        answers = await pipe.execute()
        (secs, micros), = [answer for answer in answers if isinstance(answer, tuple)]
        found = sum(answer for answer in answers if not isinstance(answer, tuple))
        seen.append([round(secs * 1000 + micros / 1000 - begun), found])
    return case | {"due_by_100_ms": dict(sorted(due.items())), "found_by_readers": seen}


async def semantics(cache):
    """What single commands answer: a token, and an entry at the end of its life."""
    await cache.flushall()
    out = {}
    out["token_first"] = await cache.set("k:loading", "a", nx=True, px=200)
    out["token_second"] = await cache.set("k:loading", "b", nx=True, px=200)
    await asyncio.sleep(0.25)
    out["token_after_its_ttl"] = await cache.set("k:loading", "b", nx=True, px=200)
    await cache.set("k", "v", px=100)
    out["before_the_end"] = await cache.get("k")
    await asyncio.sleep(0.12)
    out["after_the_end"] = await cache.get("k")
    await cache.set("k", "v", px=100)
    await cache.set("k", "w")
    out["ttl_after_a_plain_set"] = await cache.pttl("k")
    return out


async def main():
    folder = tempfile.mkdtemp()
    server = subprocess.Popen(
        [SERVER, "--port", str(PORT), "--bind", "127.0.0.1", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
    )
    cache = redis.Redis(port=PORT, decode_responses=True)
    for _ in range(50):
        try:
            await cache.ping()
            break
        except redis.ConnectionError:
            await asyncio.sleep(0.1)
    random.seed(7)
    base = {"keys": 6, "rate": 60, "load_ms": 300, "ttl_ms": 2000, "millis": 15000}
    cases = [await hot(cache, base | {"mode": mode}) for mode in ("off", "in process")]
    cases.append(await hot(cache, base | {"mode": "token", "token_ms": 1000}))
    cases.append(await hot(cache, base | {"mode": "token", "token_ms": 200}))
    for beta in (1.0, 2.0):
        cases.append(await hot(cache, base | {"mode": "xfetch", "beta": beta, "ttl_ms": 4000, "millis": 32000}))
    imports = [
        await imported(cache, {"keys": 3000, "ttl_ms": 2000, "jitter_percent": jitter}) for jitter in (0, 10, 50)
    ]
    vectors = {
        "origin": "redis-server",
        "version": (await cache.info("server"))["redis_version"],
        "date": time.strftime("%Y-%m-%d"),
        "script": "tests/against_real/cache_under_load.py",
        "semantics": await semantics(cache),
        "hot": cases,
        "imports": imports,
    }
    await cache.aclose()
    server.terminate()
    path = Path(__file__).parent.parent / "vectors" / "redis-cache.json"
    lines = [f'"{key}":{json.dumps(value)}' for key, value in vectors.items() if key not in ("hot", "imports")]
    for key in ("hot", "imports"):
        lines.append(f'"{key}":[\n' + ",\n".join(json.dumps(case) for case in vectors[key]) + "\n]")
    path.write_text("{" + ",\n".join(lines) + "}\n")


asyncio.run(main())
