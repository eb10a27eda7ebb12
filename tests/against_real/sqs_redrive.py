#!/usr/bin/env python3
"""Asks moto what a queue with a redrive policy does, and writes it to tests/vectors/sqs-redrive.json.

    pip install 'moto[sqs,awslambda,kinesis]==5.2.5' boto3
    python tests/against_real/sqs_redrive.py

Random chains of sending, receiving, deleting and waiting, on a clock of its own. After each receive: what was received, what
went to the dead-letter queue, and how many messages are visible and in flight. Also the batch sizes that moto gives a mapping
when none is asked for. moto runs no function without Docker and polls nothing, so the mapping itself is not compared.
"""

import io
import json
import os
import random
import time
import zipfile
from datetime import date
from pathlib import Path

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-1")

import boto3  # noqa: E402
import moto  # noqa: E402
import moto.sqs.models as models  # noqa: E402

# Near the real one, for moto looks at that for the retention.
clock = [time.time() * 1000]
models.unix_time_millis = lambda *_: clock[0]


def mapping_defaults():
    with moto.mock_aws():
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("f.py", "def handler(event, context): pass")
        functions = boto3.client("lambda")
        functions.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="f.handler", Code={"ZipFile": code.getvalue()})
        queue = boto3.client("sqs")
        url = queue.create_queue(QueueName="q")["QueueUrl"]
        arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        boto3.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        stream = boto3.client("kinesis").describe_stream(StreamName="s")["StreamDescription"]["StreamARN"]
        out = {}
        for name, source, more in (("SQS", arn, {}), ("Kinesis", stream, {"StartingPosition": "LATEST"})):
            made = functions.create_event_source_mapping(EventSourceArn=source, FunctionName="f", **more)
            out[name] = made["BatchSize"]
        return out


def chain(pick, number):
    with moto.mock_aws():
        sqs = boto3.client("sqs")
        dead = sqs.create_queue(QueueName=f"dead{number}")["QueueUrl"]
        dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        most, visibility = pick.randint(1, 4), pick.choice((5, 10, 30))
        url = sqs.create_queue(
            QueueName=f"q{number}",
            Attributes={
                "VisibilityTimeout": str(visibility),
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": most}),
            },
        )["QueueUrl"]
        steps, held, seen_dead, sent = [], {}, set(), 0
        for _ in range(pick.randint(10, 24)):
            what = pick.choice(("send", "receive", "receive", "wait", "delete"))
            step = {"does": what}
            if what == "send":
                step["count"] = pick.randint(1, 5)
                for _ in range(step["count"]):
                    sent += 1
                    sqs.send_message(QueueUrl=url, MessageBody=str(sent))
            elif what == "wait":
                step["seconds"] = pick.choice((1, 3, visibility, visibility + 1))
                clock[0] += step["seconds"] * 1000
            elif what == "delete":
                ids = sorted(pick.sample(sorted(held), min(len(held), pick.randint(0, 3))))
                step["ids"] = ids
                for one in ids:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=held.pop(one))
            else:
                step["most"] = pick.randint(1, 10)
                got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=step["most"], WaitTimeSeconds=0).get("Messages", [])
                held.update((int(message["Body"]), message["ReceiptHandle"]) for message in got)
                step["got"] = sorted(int(message["Body"]) for message in got)
                while letters := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", []):
                    for letter in letters:
                        seen_dead.add(int(letter["Body"]))
                        sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
                step["dead"] = sorted(seen_dead)
                held = {one: handle for one, handle in held.items() if one not in seen_dead}
                names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
                counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
                step["visible"], step["in_flight"] = int(counts[names[0]]), int(counts[names[1]])
            # A millisecond between two requests, as there is at the least.
            clock[0] += 1
            steps.append(step)
        return {"max_receives": most, "visibility": visibility, "steps": steps}


def main():
    pick = random.Random(20)
    out = {
        "program": "moto",
        "version": moto.__version__,
        "date": date.today().isoformat(),
        "script": "tests/against_real/sqs_redrive.py",
        "batch_sizes": mapping_defaults(),
        "chains": [chain(pick, number) for number in range(60)],
    }
    text = json.dumps(out).replace('{"max_receives"', '\n{"max_receives"')
    Path("tests/vectors/sqs-redrive.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
