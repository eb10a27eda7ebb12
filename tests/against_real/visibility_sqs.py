#!/usr/bin/env python3
"""Plays scripts against Moto's SQS and writes what it answered to tests/vectors/messaging-visibility.json.

    pip install "moto[server]==5.2.5" boto3
    python tests/against_real/visibility_sqs.py

Each script is a queue and calls at some milliseconds; an answer is bodies with their receive counts, the outcome of a delete, or the
counters of a queue. A receipt handle is named by the body and the number of its receipt: `a#2`.
"""

import json
import time
from pathlib import Path

import boto3
import moto
from botocore.exceptions import ClientError
from moto import mock_aws

SCRIPTS = {
    # name: (queue attributes, maxReceiveCount or None, calls)
    "a message comes back after its timeout, until it is deleted": ({"VisibilityTimeout": "1"}, None, [
        (0, "send", "a"), (0, "send", "b"), (0, "receive", 10), (100, "receive", 10), (200, "count"),
        (1300, "receive", 10), (1400, "delete", "a#2"), (2700, "receive", 10), (2800, "count"),
    ]),
    "one message at a time": ({"VisibilityTimeout": "1"}, None, [
        (0, "send", "a"), (0, "send", "b"), (0, "send", "c"), (0, "receive", 1), (100, "receive", 1), (200, "delete", "a#1"), (300, "count"),
    ]),
    "a visibility of zero gives it back, a longer one keeps it": ({"VisibilityTimeout": "1"}, None, [
        (0, "send", "a"), (0, "receive", 10), (100, "visibility", "a#1", 0), (250, "receive", 10), (300, "visibility", "a#2", 3),
        (1500, "receive", 10), (3600, "receive", 10),
    ]),
    "deleted late, and not received again meanwhile": ({"VisibilityTimeout": "1"}, None, [
        (0, "send", "a"), (0, "receive", 10), (1300, "delete", "a#1"), (1400, "receive", 10),
    ]),
    "after maxReceiveCount receives it goes to the dead-letter queue": ({"VisibilityTimeout": "1"}, 2, [
        (0, "send", "a"), (0, "send", "b"), (0, "receive", 10), (100, "delete", "b#1"), (1300, "receive", 10), (2600, "receive", 10),
        (2700, "count"), (2800, "count dead"),
    ]),
    "a FIFO group waits for its message in flight, others do not": ({"VisibilityTimeout": "1", "FifoQueue": "true"}, None, [
        (0, "send", "A1"), (0, "send", "A2"), (0, "send", "B1"), (0, "receive", 1), (100, "receive", 10), (200, "delete", "A1#1"),
        (300, "receive", 10), (400, "count"),
    ]),
    "a FIFO batch holds several of a group, in order": ({"VisibilityTimeout": "1", "FifoQueue": "true"}, None, [
        (0, "send", "A1"), (0, "send", "B1"), (0, "send", "A2"), (0, "receive", 10), (100, "send", "A3"), (200, "receive", 10),
    ]),
    "a FIFO message that comes back comes first": ({"VisibilityTimeout": "1", "FifoQueue": "true"}, None, [
        (0, "send", "A1"), (0, "send", "A2"), (0, "receive", 1), (1300, "receive", 1), (1400, "delete", "A1#2"), (1500, "receive", 1),
    ]),
    "the same deduplication id within five minutes is taken once": ({"VisibilityTimeout": "1", "FifoQueue": "true"}, None, [
        (0, "send", "A1"), (100, "send", "A1"), (200, "receive", 10), (1300, "receive", 10),
    ]),
    "a FIFO message that is dead no longer blocks its group": ({"VisibilityTimeout": "1", "FifoQueue": "true"}, 1, [
        (0, "send", "A1"), (0, "send", "A2"), (0, "receive", 1), (1300, "receive", 1), (1400, "count dead"),
    ]),
}


def play(sqs, name, attributes, max_receive, calls):
    fifo = ".fifo" if "FifoQueue" in attributes else ""
    label = str(abs(hash(name)))
    dead = sqs.create_queue(QueueName=f"dead-{label}{fifo}", Attributes={"FifoQueue": "true"} if fifo else {})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": max_receive})} if max_receive else {}
    queue = sqs.create_queue(QueueName=f"source-{label}{fifo}", Attributes=attributes | policy)["QueueUrl"]
    handles, receipts, rows, begun = {}, {}, [], time.time()

    def receive(url, most):
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most, AttributeNames=["All"]).get("Messages", [])
        for message in got:
            body = message["Body"]
            receipts[body] = receipts.get(body, 0) + 1
            handles[f"{body}#{receipts[body]}"] = message["ReceiptHandle"]
        return [[message["Body"], int(message["Attributes"]["ApproximateReceiveCount"])] for message in got]

    def count(url):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return [int(got[name]) for name in names]

    for at, verb, *rest in calls:
        time.sleep(max(0, begun + at / 1000 - time.time()))
        try:
            if verb == "send":
                group = {"MessageGroupId": rest[0][0], "MessageDeduplicationId": rest[0]} if fifo else {}
                sqs.send_message(QueueUrl=queue, MessageBody=rest[0], **group)
                answer = "ok"
            elif verb == "receive":
                answer = receive(queue, *rest)
            elif verb == "delete":
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=handles[rest[0]])
                answer = "ok"
            elif verb == "visibility":
                sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handles[rest[0]], VisibilityTimeout=rest[1])
                answer = "ok"
            else:
                answer = count(dead if verb == "count dead" else queue)
        except ClientError as error:
            answer = error.response["Error"]["Code"]
        rows.append([at, verb, *rest, answer])
    return {
        "name": name,
        "fifo": bool(fifo),
        "visibility_ms": int(attributes["VisibilityTimeout"]) * 1000,
        "max_receive_count": max_receive,
        "calls": rows,
    }


@mock_aws
def main():
    sqs = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    cases = [play(sqs, name, *script) for name, script in SCRIPTS.items()]
    head = {
        "origin": "moto, SQS",
        "version": moto.__version__,
        "date": time.strftime("%Y-%m-%d"),
        "script": "tests/against_real/visibility_sqs.py",
    }
    lines = [f'"{key}":{json.dumps(value)}' for key, value in head.items()]
    lines.append('"cases":[\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]")
    path = Path(__file__).parent.parent / "vectors" / "messaging-visibility.json"
    path.write_text("{" + ",\n".join(lines) + "}\n")


main()
