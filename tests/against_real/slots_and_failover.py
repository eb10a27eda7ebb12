#!/usr/bin/env python3
"""Moves slots, kills and cuts off real Redis servers, and writes what they said to tests/vectors/redis-slots.json.

    pip install redis==8.1.0
    python tests/against_real/slots_and_failover.py target/systems/redis-8/redis-server

A cluster of three primaries and three replicas with a short cluster-node-timeout; then, again and again, one primary with two
replicas and three Sentinels with a short down-after-milliseconds. To be cut off, the Sentinels' primary is reached by all but
its client through a relay, which is then closed.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import redis

SERVER = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "redis-server")
ROOT = tempfile.mkdtemp()
NODE_TIMEOUT = 3000
DOWN_AFTER = 2000
KEYS = (
    "foo bar user:1000 {user:1000}.cart {user:1000}.orders foo{}{bar} foo{{bar}}zap foo{bar}{zap} {}.x {} { } }{ a{b a}b{c}d "
    "order:1 order:2 order:3 order:17 123456789 ключ {ключ}.x 鍵 emoji🙂 x"
).split() + ["", "a b", "{ }x"]


class Process:
    def __init__(self, port, *more, sentinel=None):
        self.port = port
        folder = Path(ROOT) / str(port)
        folder.mkdir(exist_ok=True)
        config = folder / "conf"
        lines = [f"port {port}", "bind 127.0.0.1", f"dir {folder}"]
        if sentinel is None:
            lines += ["save ''", "repl-diskless-sync-delay 0", "repl-ping-replica-period 1", *more]
        else:
            lines += sentinel
        config.write_text("\n".join(lines) + "\n")
        self.command = [SERVER, str(config)] + (["--sentinel"] if sentinel else [])
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.redis = redis.Redis(port=self.port, decode_responses=True, socket_timeout=1)
        for _ in range(100):
            try:
                self.redis.ping()
                return
            except redis.RedisError:
                time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def say(self, *words):
        """The answer, or the error as the server words it."""
        try:
            return self.redis.execute_command(*words)
        except redis.exceptions.MovedError as error:
            return f"MOVED {error.slot_id} {error.host}:{error.port}"
        except redis.exceptions.AskError as error:
            return f"ASK {error.slot_id} {error.host}:{error.port}"
        except redis.exceptions.TryAgainError as error:
            return f"TRYAGAIN {error}"
        except redis.exceptions.ClusterCrossSlotError as error:
            return f"CROSSSLOT {error}"
        except redis.exceptions.ClusterDownError as error:
            return f"CLUSTERDOWN {error}"
        except (redis.ConnectionError, redis.TimeoutError):
            return "no connection"
        except redis.RedisError as error:
            return str(error)

    def asking(self, *words):
        pipe = self.redis.pipeline(transaction=False)
        pipe.execute_command("ASKING")
        pipe.execute_command(*words)
        answer = pipe.execute(raise_on_error=False)[1]
        return answer if not isinstance(answer, Exception) else f"{type(answer).__name__} {answer}"


def word(answer):
    """The first word of an error, `nil`, or `value`; ports are of no interest."""
    if answer is None:
        return "nil"
    text = str(answer)
    for name in ("MOVED", "ASK", "TRYAGAIN", "CROSSSLOT", "CLUSTERDOWN", "no connection", "NOREPLICAS", "READONLY"):
        if text.upper().startswith(name.upper()):
            return name
    if text.startswith("TryAgain"):
        return "TRYAGAIN"
    return "value"


def field(node, name):
    """A field of CLUSTER INFO."""
    answer = node.say("CLUSTER", "INFO")
    if not isinstance(answer, dict):
        answer = dict(line.split(":", 1) for line in str(answer).split() if ":" in line)
    return answer.get(name)


def cluster():
    options = ["cluster-enabled yes", f"cluster-node-timeout {NODE_TIMEOUT}", "cluster-config-file nodes.conf"]
    nodes = [Process(7401 + n, *options) for n in range(6)]
    out = {}
    a, b, c = nodes[:3]
    ranges = [(0, 5460), (5461, 10922), (10923, 16383)]
    for node, (first, last) in zip(nodes, ranges):
        node.redis.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
    for number, node in enumerate(nodes):
        node.redis.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        if node is not a:
            node.redis.execute_command("CLUSTER", "MEET", "127.0.0.1", a.port)
    ids = {node: node.redis.execute_command("CLUSTER", "MYID") for node in nodes}
    while any(field(node, "cluster_known_nodes") != "6" for node in nodes):
        time.sleep(0.1)
    time.sleep(1)
    for primary, replica in zip(nodes[:3], nodes[3:]):
        replica.redis.execute_command("CLUSTER", "REPLICATE", ids[primary])
    while any(field(node, "cluster_state") != "ok" for node in nodes):
        time.sleep(0.1)
    while any(node.redis.info("replication").get("master_link_status") != "up" for node in nodes[3:]):
        time.sleep(0.1)
    out["slots"] = {key: a.redis.execute_command("CLUSTER", "KEYSLOT", key) for key in KEYS}
    slot = out["slots"]["user:1000"]  # of the first primary
    cart, orders, gone = "{user:1000}.cart", "{user:1000}.orders", "{user:1000}.gone"

    def table(case):
        """What source, target and a third node say of a key that is there, one that has gone over and one that is new."""
        rows = {}
        for name, node in (("source", a), ("target", b), ("other", c)):
            rows[name] = {
                "get there": word(node.say("GET", cart)),
                "get moved": word(node.say("GET", orders)),
                "get new": word(node.say("GET", gone)),
                "mget there+moved": word(node.say("MGET", cart, orders)),
                "mget moved+new": word(node.say("MGET", orders, gone)),
                "mget there there": word(node.say("MGET", cart, "user:1000")),
            }
        rows["target asking"] = {
            "get there": word(b.asking("GET", cart)),
            "get moved": word(b.asking("GET", orders)),
            "mget there+moved": word(b.asking("MGET", cart, orders)),
            "mget moved+moved": word(b.asking("MGET", orders, orders)),
        }
        return case, rows

    for key in (cart, orders, "user:1000"):
        a.redis.set(key, 1)
    tables = [table("before")]
    b.redis.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[a])
    a.redis.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[b])
    tables.append(table("migrating, nothing moved"))
    a.redis.execute_command("MIGRATE", "127.0.0.1", b.port, "", 0, 1000, "KEYS", orders)
    tables.append(table("migrating, orders moved"))
    a.redis.execute_command("MIGRATE", "127.0.0.1", b.port, "", 0, 1000, "KEYS", cart, "user:1000")
    tables.append(table("migrating, all moved"))
    b.redis.execute_command("CLUSTER", "SETSLOT", slot, "NODE", ids[b])
    a.redis.execute_command("CLUSTER", "SETSLOT", slot, "NODE", ids[b])
    time.sleep(0.5)
    tables.append(table("after"))
    out["reshard"] = dict(tables)
    out["cross slot"] = word(a.say("MGET", "order:1", "order:2"))

    # A primary dies: what a key of it and a key of another primary see.
    def death(coverage, no_failover):
        for node in nodes:
            node.say("CONFIG", "SET", "cluster-require-full-coverage", coverage)
            node.say("CONFIG", "SET", "cluster-replica-no-failover", no_failover)
        victim = next(node for node in nodes if node.redis.info("replication")["role"] == "master" and node.redis.execute_command("CLUSTER", "MYID") == owner_of(nodes, 100))
        other = next(node for node in nodes if node is not victim and node.redis.info("replication")["role"] == "master")
        kept = next(key for key in (f"k:{n}" for n in range(1000)) if word(other.say("SET", key, 1)) == "value")
        time.sleep(1)
        victim.kill()
        begun, seen, last = time.time(), [], None
        while time.time() - begun < NODE_TIMEOUT / 1000 + 5:
            answer = word(other.say("SET", kept, 1))
            if answer != last:
                seen.append([round((time.time() - begun) * 1000), answer])
                last = answer
            time.sleep(0.01)
        victim.start()
        time.sleep(NODE_TIMEOUT / 1000)
        for node in nodes:
            node.say("CONFIG", "SET", "cluster-replica-no-failover", "no")
        time.sleep(4)
        return {"node_timeout": NODE_TIMEOUT, "coverage": coverage, "no_failover": no_failover, "other_primary": seen}

    def owner_of(nodes, slot):
        for shard in nodes[1].redis.execute_command("CLUSTER", "SLOTS"):
            first, last, owner = shard[0], shard[1], shard[2]
            if first <= slot <= last:
                return owner[2]

    try:
        out["deaths"] = [death("yes", "no"), death("yes", "no"), death("no", "no"), death("yes", "yes")]
    except Exception as error:
        print("deaths", repr(error))
        raise
    finally:
        for node in nodes:
            node.kill()
    return out


class Relay:
    """Passes bytes from one port to another; while it is closed they vanish, as on a network that drops packets."""

    def __init__(self, port, to):
        self.to, self.port, self.open, self.pairs = to, port, True, []
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if not self.open:
                self.pairs.append(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                client.close()
                continue
            self.pairs += [client, server]
            for one, two in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(one, two), daemon=True).start()

    def pump(self, one, two):
        try:
            while data := one.recv(65536):
                if self.open:
                    two.sendall(data)
        except OSError:
            pass
        for end in (one, two):
            end.close()

    def close(self):
        self.open = False

    def heal(self):
        for end in self.pairs:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open, self.pairs = True, []


BASE = 7500


def sentinels(quorum, dead_sentinels, cut, min_replicas=0, seconds=9):
    """One primary, two replicas, three Sentinels; the primary dies or is cut off with its client."""
    global BASE
    BASE += 20
    first = BASE
    primary = Process(first, f"min-replicas-to-write {min_replicas}", "min-replicas-max-lag 2")
    relay = Relay(first + 9, first)
    replicas = [Process(first + n, f"replicaof 127.0.0.1 {first + 9}", f"min-replicas-to-write {min_replicas}") for n in (1, 2)]
    while any(replica.redis.info("replication")["master_link_status"] != "up" for replica in replicas):
        time.sleep(0.1)
    watchers = [
        Process(
            first + 5 + n,
            sentinel=[
                f"sentinel monitor m 127.0.0.1 {first + 9} {quorum}",
                f"sentinel down-after-milliseconds m {DOWN_AFTER}",
                "sentinel failover-timeout m 20000",
            ],
        )
        for n in range(3)
    ]
    while any(
        watcher.redis.sentinel_master("m")["num-other-sentinels"] != 2 or watcher.redis.sentinel_master("m")["num-slaves"] != 2
        for watcher in watchers
    ):
        time.sleep(0.2)
    time.sleep(2)
    for watcher in watchers[:dead_sentinels]:
        watcher.kill()
    alive = watchers[dead_sentinels:]
    time.sleep(0.2)
    begun = time.time()
    relay.close() if cut else primary.kill()
    accepted, refused, switched, number = 0, 0, None, 0
    while time.time() - begun < seconds:
        number += 1
        if cut:
            answer = word(primary.say("SET", f"cut:{number}", 1))
            accepted += answer == "value"
            refused += answer == "NOREPLICAS"
        if switched is None and alive:
            now = alive[0].redis.sentinel_get_master_addr_by_name("m")
            if now[1] != first + 9:
                switched = round((time.time() - begun) * 1000)
        time.sleep(max(0, begun + number * 0.1 - time.time()))
    result = {
        "quorum": quorum,
        "dead_sentinels": dead_sentinels,
        "cut": cut,
        "min_replicas_to_write": min_replicas,
        "down_after": DOWN_AFTER,
        "switched_after_ms": switched,
        "writes_each_ms": 100,
        "accepted": accepted,
        "refused": refused,
    }
    if cut and switched is not None:
        relay.heal()
        healed = time.time()
        while primary.redis.info("replication")["role"] == "master" and time.time() - healed < 30:
            time.sleep(0.05)
        result["old_primary_follows_after_ms"] = round((time.time() - healed) * 1000)
        time.sleep(2)
        result["old_primary_is_now"] = primary.redis.info("replication")["role"]
        new = next(replica for replica in replicas if replica.redis.info("replication")["role"] == "master")
        result["accepted_and_kept"] = sum(new.redis.exists(f"cut:{n}") for n in range(1, number + 1))
    for process in [primary, *replicas, *watchers]:
        if process.process.poll() is None:
            process.kill()
    return result


def main():
    vectors = {
        "origin": "redis-server",
        "version": subprocess.run([SERVER, "--version"], capture_output=True, text=True).stdout.split()[2],
        "date": time.strftime("%Y-%m-%d"),
        "script": "tests/against_real/slots_and_failover.py",
    }
    path = Path(__file__).parent.parent / "vectors" / "redis-slots.json"
    vectors |= cluster()
    vectors["sentinel"] = [
        sentinels(quorum=2, dead_sentinels=0, cut=False),
        sentinels(quorum=2, dead_sentinels=1, cut=False),
        sentinels(quorum=2, dead_sentinels=2, cut=False),
        sentinels(quorum=1, dead_sentinels=1, cut=False),
        sentinels(quorum=1, dead_sentinels=2, cut=False),
        sentinels(quorum=3, dead_sentinels=0, cut=False),
        sentinels(quorum=3, dead_sentinels=1, cut=False),
        sentinels(quorum=2, dead_sentinels=0, cut=True),
        sentinels(quorum=2, dead_sentinels=0, cut=True, min_replicas=1),
    ]
    lines = [f'"{key}":{json.dumps(value, ensure_ascii=False)}' for key, value in vectors.items() if not isinstance(value, list)]
    for key in ("deaths", "sentinel"):
        lines.append(f'"{key}":[\n' + ",\n".join(json.dumps(case) for case in vectors[key]) + "\n]")
    path.write_text("{" + ",\n".join(lines) + "}\n")
    shutil.rmtree(ROOT, ignore_errors=True)


main()
