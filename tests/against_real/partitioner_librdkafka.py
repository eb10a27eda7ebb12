#!/usr/bin/env python3
"""Adds to the vectors of PartitionerVectors.java where librdkafka puts the same keys (`consistent` is CRC32, what `consistent_random`
does with a key; `murmur2` what `murmur2_random` does). The functions are called in the library that confluent-kafka brings.

    pip install confluent-kafka==2.16.1
"""

import ctypes
import glob
import json
import os
import sys

import confluent_kafka

found = glob.glob(os.path.join(os.path.dirname(confluent_kafka.__file__), "..", "confluent_kafka.libs", "librdkafka-*"))
library = ctypes.CDLL(found[0])
library.rd_kafka_version_str.restype = ctypes.c_char_p


def partition(name, key, count):
    return getattr(library, "rd_kafka_msg_partitioner_" + name)(None, key, ctypes.c_size_t(len(key)), ctypes.c_int32(count), None, None)


text = sys.stdin.read()
vectors = json.loads(text)
rows = []
for hexed, *_ in vectors["keys"]:
    key = bytes.fromhex(hexed)
    rows.append([[partition(name, key, n) for n in (1, 3, 4, 7, 8)] for name in ("consistent", "murmur2")])
version = library.rd_kafka_version_str().decode()
tail = f',\n"librdkafka_origin":"librdkafka {version}: rd_kafka_msg_partitioner_consistent and _murmur2",\n"librdkafka":{json.dumps(rows, separators=(",", ":"))}}}\n'
sys.stdout.write(text.rstrip()[:-1] + tail)
