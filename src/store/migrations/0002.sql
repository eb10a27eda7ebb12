-- Pictures in notes, each once, by its content: 64 hex digits of SHA-256.
CREATE TABLE picture (
    name TEXT PRIMARY KEY CHECK (length(name) = 64),
    bytes BLOB NOT NULL
) STRICT;
