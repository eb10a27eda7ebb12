INSERT INTO fact (entry, position, kind, question, card, body)
VALUES (:entry, :position, :kind, :question, :card, :body)
