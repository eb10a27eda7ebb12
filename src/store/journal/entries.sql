SELECT entry.seq, entry.id, entry.machine, entry.at, entry.offset_secs, fact.body, fact.kind
FROM entry
LEFT JOIN fact ON fact.entry = entry.seq
ORDER BY entry.seq, fact.position
