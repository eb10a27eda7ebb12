#!/usr/bin/env python3
"""Asks Anki what it would do with a card, and writes it to tests/vectors/anki-schedule.json.

    pip install anki==26.9.3
    python tests/against_real/anki_schedule.py

Each case is a state of a card (phase, step, memory, days since the last review, days it was given) and, for each grade, the
memory after it and what comes next: seconds, or the least and the most days over 400 draws of Anki's fuzz.
"""

import json
import random
import tempfile
import time
from pathlib import Path

import anki.buildinfo
from anki.collection import Collection  # before anki.cards, which cannot be imported first
from anki.cards import Card, FSRSMemoryState

GRADES = ["again", "hard", "good", "easy"]
DRAWS = 400


def states():
    yield {"phase": "new"}
    pick = random.Random(6)
    for step in (0, 1):
        for stability, difficulty in ((0.212, 6.4133), (2.3065, 2.1181), (1.2931, 5.1122)):
            for elapsed in (0, 1):
                yield {"phase": "learning", "step": step, "stability": stability, "difficulty": difficulty, "elapsed": elapsed}
    for stability, difficulty in ((1.39, 8.34), (9.5, 6.0)):
        yield {"phase": "relearning", "step": 0, "stability": stability, "difficulty": difficulty, "elapsed": 0}
    for _ in range(24):
        given = int(2 ** pick.uniform(0, 8))
        yield {
            "phase": "review",
            "stability": round(given * pick.uniform(0.6, 1.6) + 0.3, 2),
            "difficulty": round(pick.uniform(1.1, 9.9), 2),
            "elapsed": max(0, int(given * pick.choice((0.2, 0.7, 1.0, 1.0, 1.0, 2.0)))),
            "given": given,
        }


def put(col: Collection, card: Card, state: dict, reps: int) -> None:
    kinds = {"new": (0, 0), "learning": (1, 1), "review": (2, 2), "relearning": (3, 1)}
    card.type, card.queue = kinds[state["phase"]]
    card.reps = reps
    card.ivl = state.get("given", 0)
    card.lapses = 0
    if state["phase"] != "new":
        card.memory_state = FSRSMemoryState(stability=state["stability"], difficulty=state["difficulty"])
        card.last_review_time = int(time.time()) - state["elapsed"] * 86400
        card.desired_retention, card.decay = 0.9, 0.1542
    if state["phase"] in ("learning", "relearning"):
        steps = 2 if state["phase"] == "learning" else 1
        card.left = steps - state["step"]
        card.due = int(time.time())
    elif state["phase"] == "review":
        card.due = col.sched.today - state["elapsed"] + state["given"]
    col.update_card(card)


def outcome(after) -> tuple:
    normal = after.normal
    kind = normal.WhichOneof("kind")
    inner = getattr(normal, kind)
    if kind == "review":
        return {"days": inner.scheduled_days}, inner.memory_state
    step = inner if kind == "learning" else inner.learning
    return {"secs": step.scheduled_secs}, step.memory_state


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        col = Collection(str(Path(folder) / "collection.anki2"))
        col.set_config("fsrs", True)
        note = col.new_note(col.models.by_name("Basic"))
        note["Front"] = "front"
        col.add_note(note, 1)
        card = note.cards()[0]
        cases = []
        for state in states():
            found = {grade: {} for grade in GRADES}
            for reps in range(DRAWS):
                put(col, card, state, reps)
                after = col._backend.get_scheduling_states(card.id)
                for grade in GRADES:
                    comes, memory = outcome(getattr(after, grade))
                    at = found[grade]
                    at["stability"] = round(memory.stability, 4)
                    at["difficulty"] = round(memory.difficulty, 4)
                    if "secs" in comes:
                        at["secs"] = comes["secs"]
                    else:
                        days = comes["days"]
                        low, high = at.get("days", (days, days))
                        at["days"] = [min(low, days), max(high, days)]
            cases.append({"state": state, **found})
        col.close()
    out = Path(__file__).parent.parent / "vectors" / "anki-schedule.json"
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    out.write_text(f'{{"anki":"{anki.buildinfo.version}","cases":[\n{lines}\n]}}\n')
    print(f"{len(cases)} cases in {out.name}")


if __name__ == "__main__":
    main()
