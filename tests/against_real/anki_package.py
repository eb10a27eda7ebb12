#!/usr/bin/env python3
"""Packages between Whetstone and the real Anki, for tests/against_real/packages.rs.

    anki_package.py read PACKAGE     imports it into an empty collection and prints what Anki has then, as JSON
    anki_package.py make FOLDER      writes packages of three generations as Anki exports them, and prints what is in them
"""

import hashlib
import json
import os
import sys
import tempfile
import time

import anki.buildinfo
from anki.collection import Collection, ExportAnkiPackageOptions, ImportAnkiPackageOptions, ImportAnkiPackageRequest

DAY = 86_400


def empty():
    return Collection(os.path.join(tempfile.mkdtemp(), "collection.anki2"))


def content(col):
    cards = {}
    for (cid,) in col.db.execute("select id from cards"):
        card = col.get_card(cid)
        note = card.note()
        data = json.loads(card.data or "{}") if isinstance(getattr(card, "data", None), str) else {}
        raw = json.loads(col.db.scalar("select data from cards where id = ?", cid) or "{}")
        data.update(raw)
        reviews = col.db.all("select id, ease, ivl, lastIvl, factor, time, type from revlog where cid = ? order by id", cid)
        cards[f"{note.guid}/{card.ord}"] = {
            "deck": col.decks.name(card.odid or card.did),
            "tags": sorted(note.tags),
            "fields": dict(note.items()),
            "type": card.type,
            "queue": card.queue,
            "due_day": card.due - col.sched.today if card.type == 2 else None,
            "due": card.due if card.type in (1, 3) else None,
            "interval": card.ivl,
            "reps": card.reps,
            "lapses": card.lapses,
            "stability": data.get("s"),
            "difficulty": data.get("d"),
            "last_review": data.get("lrt"),
            "reviews": reviews,
        }
    folder = col.media.dir()
    media = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            media[name] = hashlib.sha1(file.read()).hexdigest()
    return {"cards": cards, "media": media}


def read(path):
    col = empty()
    options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=False)
    request = ImportAnkiPackageRequest(package_path=path, options=options)
    first = col.import_anki_package(request)
    again = col.import_anki_package(request)
    out = content(col)
    out["new"], out["new_again"] = len(first.log.new), len(again.log.new)
    out["problems"] = col.fix_integrity()[1] is not True
    return out


def make(folder):
    col = empty()
    col.set_config("fsrs", True)
    deck = col.decks.id("Spanish::Verbs")

    def add(notetype, fields, tags=()):
        note = col.new_note(col.models.by_name(notetype))
        for name, value in fields.items():
            note[name] = value
        note.tags = list(tags)
        col.add_note(note, deck)
        return note

    for number in range(4):
        back = f"back {number}<br><img src=\"pic.png\">"
        add("Basic", {"Front": f"<b>front</b> {number} &amp; <code>a&lt;b</code>", "Back": back}, ["t1", "a::b"])
    add("Cloze", {"Text": "{{c1::Kafka}} is a {{c2::log::structure}}", "Back Extra": "extra"})
    add("Basic (and reversed card)", {"Front": "f", "Back": "b"})
    col.media.write_data("pic.png", b"\x89PNG, or so it says")
    ids = col.db.list("select id from cards order by id")
    now = int(time.time())
    known = json.dumps({"s": 12.5, "d": 6.25, "dr": 0.9, "decay": 0.154, "lrt": now - 7 * DAY})
    sql = "update cards set type=2, queue=2, due=?, ivl=12, factor=2300, reps=3, lapses=1, data=? where id=?"
    col.db.execute(sql, col.sched.today + 5, known, ids[0])
    col.db.execute(sql, col.sched.today - 2, "{}", ids[1])
    row = "insert into revlog values (?,?,-1,?,?,?,?,?,?)"
    col.db.execute(row, (now - 12 * DAY) * 1000, ids[0], 2, 5, 1, 2300, 9_000, 0)
    col.db.execute(row, (now - 7 * DAY) * 1000 + 5, ids[0], 3, 12, 5, 600, 4_200, 1)
    col.db.execute(row, (now - 6 * DAY) * 1000, ids[0], 0, 12, 5, 0, 0, 4)
    col.sched.suspend_cards([ids[2]])
    for name, legacy in (("latest", False), ("legacy", True)):
        options = ExportAnkiPackageOptions(with_scheduling=True, with_media=True, with_deck_configs=False, legacy=legacy)
        col.export_anki_package(out_path=os.path.join(folder, f"{name}.apkg"), options=options, limit=None)
    out = content(col)
    # Closes the collection.
    col.export_collection_package(os.path.join(folder, "all.colpkg"), include_media=True, legacy=False)
    return out


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("read", "make"):
        sys.exit(__doc__)
    print(json.dumps(read(sys.argv[2]) if sys.argv[1] == "read" else make(sys.argv[2])))
