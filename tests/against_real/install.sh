#!/bin/bash
# Brings the programs that packages.rs tries round trips with: install.sh [FOLDER] (target/systems). They run as processes of
# their own and are no part of the program. Safe to run again, and quick when there is nothing to do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
systems=${1:-$here/../../target/systems}
mkdir -p "$systems"
systems=$(cd "$systems" && pwd)

anki=26.9.3
if ! [ -x "$systems/anki/bin/python" ] || ! "$systems/anki/bin/pip" show anki 2>/dev/null | grep -qx "Version: $anki"; then
    echo "installing Anki $anki"
    python3 -m venv "$systems/anki"
    "$systems/anki/bin/pip" install -q --disable-pip-version-check "anki==$anki"
fi

hashcards=0.4.0
if ! "$systems/hashcards/bin/hashcards" --version 2>/dev/null | grep -q "$hashcards"; then
    echo "installing hashcards $hashcards"
    cargo install -q --root "$systems/hashcards" --locked --version "$hashcards" hashcards
fi
echo "Anki and hashcards are in $systems"
