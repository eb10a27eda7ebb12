//! The note type, decks and settings of a package of ours, as schema 11 has them: JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Names our note type in every package, so that a second import finds it.
pub const NOTETYPE: i64 = 1_764_000_000_001;
pub const NAME: &str = "Whetstone";
/// The fields, in the order in which a note has them. The first is what Anki looks for duplicates by.
pub const FIELDS: [&str; 6] = ["Front", "Back", "Question", "Scene", "My answer", "Id"];
/// The deck that every collection has.
const DEFAULT_DECK: i64 = 1;
const PRESET: i64 = 1;

const FRONT: &str = "<div class=\"w-q\">{{Question}}</div>{{Front}}";
const BACK: &str = "{{FrontSide}}<hr id=answer>{{Back}}{{#Scene}}<div class=\"w-scene\">{{Scene}}</div>{{/Scene}}\
                    {{#My answer}}<details><summary>My answer</summary>{{My answer}}</details>{{/My answer}}";
const STYLE: &str = ".card{font:18px/1.5 Inter,system-ui,sans-serif;text-align:left;max-width:44rem;margin:0 auto;padding:0 12px}\
                     .w-q{font-size:13px;opacity:.65;margin-bottom:.6em}.w-scene img{max-width:100%;margin-top:1em;background:#fff}\
                     pre,code{font:.86em/1.45 'JetBrains Mono',ui-monospace,monospace}pre{overflow-x:auto}\
                     table{border-collapse:collapse}th,td{text-align:left;padding:.3em .7em .3em 0;border-bottom:1px solid #8884}\
                     details{margin-top:1em}";

/// The settings, note types, decks and presets of a collection with these decks, as JSON.
pub fn tables(decks: &BTreeMap<String, i64>, modified_secs: i64) -> [String; 4] {
    let settings = json!({
        "activeDecks": [DEFAULT_DECK], "curDeck": DEFAULT_DECK, "newSpread": 0, "collapseTime": 1200, "timeLim": 0,
        "estTimes": true, "dueCounts": true, "curModel": NOTETYPE.to_string(), "nextPos": 1, "sortType": "noteFld",
        "sortBackwards": false, "addToCur": true, "schedVer": 2, "sched2021": true, "fsrs": true,
    });
    let mut all: Map<String, Value> = Map::new();
    all.insert(DEFAULT_DECK.to_string(), deck(DEFAULT_DECK, "Default", modified_secs));
    for (name, id) in decks {
        all.insert(id.to_string(), deck(*id, name, modified_secs));
    }
    let notetypes = json!({ NOTETYPE.to_string(): notetype(modified_secs) });
    [settings, notetypes, all.into(), json!({ PRESET.to_string(): preset(modified_secs) })]
        .map(|value| value.to_string())
}

fn deck(id: i64, name: &str, modified_secs: i64) -> Value {
    json!({
        "id": id, "mod": modified_secs, "name": name, "usn": -1, "lrnToday": [0, 0], "revToday": [0, 0],
        "newToday": [0, 0], "timeToday": [0, 0], "collapsed": false, "browserCollapsed": false, "desc": "", "dyn": 0,
        "conf": PRESET, "extendNew": 0, "extendRev": 0,
    })
}

fn notetype(modified_secs: i64) -> Value {
    let field = |(ord, name): (usize, &&str)| json!({ "name": name, "ord": ord, "sticky": false, "rtl": false, "font": "Inter", "size": 20, "media": [] });
    json!({
        "id": NOTETYPE, "name": NAME, "type": 0, "mod": modified_secs, "usn": -1, "sortf": 0, "did": DEFAULT_DECK,
        "tmpls": [{ "name": "Card", "ord": 0, "qfmt": FRONT, "afmt": BACK, "bqfmt": "", "bafmt": "", "did": null }],
        "flds": FIELDS.iter().enumerate().map(field).collect::<Vec<_>>(),
        "css": STYLE, "latexPre": "", "latexPost": "", "req": [[0, "any", [0, 2]]], "tags": [], "vers": [],
    })
}

fn preset(modified_secs: i64) -> Value {
    json!({
        "id": PRESET, "mod": modified_secs, "name": "Default", "usn": 0, "maxTaken": 60, "autoplay": true, "timer": 0,
        "replayq": true, "dyn": false,
        "new": { "bury": false, "delays": [1.0, 10.0], "initialFactor": 2500, "ints": [1, 4, 0], "order": 1, "perDay": 20 },
        "rev": { "bury": false, "ease4": 1.3, "ivlFct": 1.0, "maxIvl": 36500, "perDay": 200, "hardFactor": 1.2 },
        "lapse": { "delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0 },
    })
}
