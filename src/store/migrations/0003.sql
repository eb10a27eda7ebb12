-- A table without row ids keeps a quarter of a page of a row at most beside its neighbours, and a whole page for what is longer: each card
-- of somebody else's took 4 KiB. With row ids it takes what it is long. Nothing looks facts up by their question.
CREATE TABLE fact_by_row (
    entry INTEGER NOT NULL REFERENCES entry (seq),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    question TEXT,
    card TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (entry, position)
) STRICT;
INSERT INTO fact_by_row (entry, position, kind, question, card, body)
SELECT entry, position, kind, question, card, body FROM fact ORDER BY entry, position;
DROP TABLE fact;
ALTER TABLE fact_by_row RENAME TO fact;
