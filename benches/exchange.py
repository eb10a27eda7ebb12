#!/usr/bin/env python3
"""Measures import and export of an Anki package with 100,000 notes, cards and reviews, beside Anki itself.

    tests/against_real/install.sh
    cargo build --release
    cargo bench --bench search -- corpus /tmp/notes.csv
    python3 benches/exchange.py /tmp/notes.csv [--runs 5] [--anki target/systems/anki/bin/python] [--binary target/release/whetstone]

Anki makes the package: the notes of the corpus, every card with a schedule, a memory and a review. Then in turn, so often:
Anki exports it, Anki imports it into an empty collection, Whetstone imports it into an empty folder, Whetstone exports it.
Of Anki it is the one call of its library that is timed; of Whetstone the whole process, from its start to its end, the check
and the daily backup of its data included. CPU seconds are those of all threads.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DAY = 86_400


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    out = work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, out


def anki(what, folder, source):
    """Runs within Anki's own Python: prints what it took as JSON."""
    from anki.collection import Collection, ExportAnkiPackageOptions, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    package = str(folder / "notes.apkg")
    if what == "make":
        col = Collection(str(folder / "made.anki2"))
        request = col.get_csv_metadata(path=source, delimiter=None)
        from anki.collection import ImportCsvRequest
        col.import_csv(ImportCsvRequest(path=source, metadata=request))
        midnight, today = int(time.time()) // DAY * DAY, col.sched.today
        cards = col.db.list("select id from cards order by id")
        data = lambda i: json.dumps({"s": 1.0 + i % 180, "d": 2 + (i % 70) / 10, "dr": 0.9, "decay": 0.1542,
                                     "lrt": midnight - (1 + i % 30) * DAY})
        col.db.executemany("update cards set type=2, queue=2, ivl=?, due=?, factor=2500, reps=1, data=? where id=?",
                           [(1 + i % 180, today + 1 + i % 180, data(i), card) for i, card in enumerate(cards)])
        col.db.executemany("insert into revlog values (?,?,-1,3,?,0,500,5000,1)",
                           [((midnight - (1 + i % 30) * DAY) * 1000 + i, card, 1 + i % 180) for i, card in enumerate(cards)])
        col.set_config("fsrs", True)
        col.close()
        return print(json.dumps({"notes": len(cards)}))
    options = {"with_scheduling": True, "with_deck_configs": True}
    if what == "export":
        col = Collection(str(folder / "made.anki2"))
        took, _ = timed(lambda: col.export_anki_package(
            out_path=package, limit=None, options=ExportAnkiPackageOptions(**options, with_media=True, legacy=False)))
    else:
        col = Collection(str(Path(tempfile.mkdtemp(dir=folder)) / "empty.anki2"))
        request = ImportAnkiPackageRequest(package_path=package, options=ImportAnkiPackageOptions(**options))
        took, _ = timed(lambda: col.import_anki_package(request))
        took["notes"] = col.note_count()
    col.close()
    print(json.dumps(took))


def process(command):
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - wall, "cpu": cpu}, out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--anki", default="target/systems/anki/bin/python")
    parser.add_argument("--binary", default="target/release/whetstone")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="whetstone-exchange-"))
    source = os.path.abspath(args.notes)

    def of_anki(what):
        command = [args.anki, __file__, "--in-anki", what, str(folder), source]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    rows = {name: [] for name in ("Anki export", "Anki import", "Whetstone import", "Whetstone export")}
    try:
        print(f"{of_anki('make')['notes']} notes", flush=True)
        for run in range(args.runs):
            rows["Anki export"].append(of_anki("export"))
            rows["Anki import"].append(of_anki("import"))
            data = folder / f"data-{run}"
            ours = [args.binary, "--data-dir", str(data)]
            took, said = process([*ours, "import", str(folder / "notes.apkg"), "--yes"])
            rows["Whetstone import"].append(took)
            took, exported = process([*ours, "export", "--format", "apkg", "--out", str(folder / "out.apkg")])
            rows["Whetstone export"].append(took)
            print(f"run {run + 1}: {said.splitlines()[0]}; {exported.strip()}", flush=True)
            shutil.rmtree(data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, taken in rows.items():
        figures = [f"{what} {statistics.median(one[what] for one in taken):.2f} s"
                   f" ({min(one[what] for one in taken):.2f} to {max(one[what] for one in taken):.2f})" for what in ("wall", "cpu")]
        print(f"{name:<18}", "  ".join(figures))
    for what in ("import", "export"):
        for figure in ("wall", "cpu"):
            ratios = [ours[figure] / theirs[figure] for ours, theirs in zip(rows[f"Whetstone {what}"], rows[f"Anki {what}"])]
            print(f"{what}, {figure}: {statistics.median(ratios):.2f} of Anki's ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in-anki"]:
        anki(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        main()
