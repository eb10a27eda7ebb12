INSERT INTO entry (id, machine, at, offset_secs)
VALUES (:id, :machine, :at, :offset)
ON CONFLICT (id) DO NOTHING
