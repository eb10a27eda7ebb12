-- The journal: one row an action of the reader, never changed and never deleted.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    machine BLOB NOT NULL CHECK (length(machine) = 16),
    -- Milliseconds since 1970 in UTC, and the reader's zone then in seconds east of it.
    at INTEGER NOT NULL,
    offset_secs INTEGER NOT NULL
) STRICT;

-- What the action brought about. Questions and cards are named by value: content may drop them, these rows stay.
CREATE TABLE fact (
    entry INTEGER NOT NULL REFERENCES entry (seq),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    question TEXT,
    card TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

-- A card's facts are found by it too: its question is the head of its id.
CREATE INDEX fact_by_question ON fact (question) WHERE question IS NOT NULL;

-- Text being typed, before a pause makes it an entry.
CREATE TABLE draft (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Layout, place, theme: not part of the reader's history.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The installation that this file belongs to.
CREATE TABLE machine (
    id BLOB NOT NULL CHECK (length(id) = 16)
) STRICT;
