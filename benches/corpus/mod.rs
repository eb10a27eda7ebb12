//! The generated corpus that Anki was measured with: the same text to the byte, so that figures stand side by side.
//!
//! A port of `corpus()` of the script that measures Anki (see benches/README.md): SplitMix64, integers only.

use std::collections::HashSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

const COMMON: &str = "the of and to in is that it for as with on by this be are from at or an \
which not have when can was each one will may between more than its into \
then has other so if two only over such most some time also after used \
through these first any they where both because during how called value \
number must their process same form many change point large small system \
part order high low three without all new but what under while state does \
case until before result given using set known example often cause rate \
level usually become single every different second about no long there \
less way within main common whole across need early late group kind term \
end line key idea unit rule step effect current local general total open \
close left right upper lower inner outer strong weak fast slow start stop \
keep move hold take make give show find write read build run test add";

/// 32 topics of eight words.
const TOPICS: [&str; 32] = [
    "kafka rebalance partition consumer offset broker replica throughput",
    "mitochondria respiration membrane cristae pyruvate oxidative phosphorylation glycolysis",
    "enzyme substrate inhibitor catalysis allosteric cofactor kinetics michaelis",
    "neuron axon dendrite synapse myelin potential depolarization neurotransmitter",
    "kidney nephron glomerulus filtration tubule osmolarity aldosterone creatinine",
    "ventricle atrium systole diastole myocardium conduction ischemia arrhythmia",
    "antibody antigen lymphocyte macrophage cytokine complement immunity inflammation",
    "chromosome mitosis meiosis allele genotype phenotype mutation crossover",
    "transistor capacitor resistor impedance amplifier voltage inductance oscillator",
    "compiler parser lexer register allocation optimizer grammar bytecode",
    "database index transaction isolation durability checkpoint snapshot deadlock",
    "kernel scheduler interrupt paging syscall process mutex semaphore",
    "packet router congestion handshake retransmission latency bandwidth datagram",
    "cipher signature entropy nonce certificate authentication keystream plaintext",
    "matrix eigenvalue determinant orthogonal basis projection rank nullspace",
    "integral derivative limit continuity series convergence gradient divergence",
    "probability variance bayesian likelihood estimator posterior covariance sampling",
    "momentum inertia torque friction acceleration velocity collision pendulum",
    "entropic enthalpy equilibrium adiabatic isothermal thermodynamic reservoir efficiency",
    "photon wavelength diffraction interference polarization refraction quantum spectrum",
    "monetary inflationary liquidity deficit elasticity surplus monopoly tariff",
    "contract tort liability negligence plaintiff defendant statute jurisdiction",
    "republic senate consul empire treaty siege dynasty reform",
    "sonata fugue counterpoint cadence harmony tempo modulation overture",
    "baroque renaissance fresco perspective chiaroscuro patron sculpture portrait",
    "tectonic magma basalt sediment erosion glacier fault stratigraphy",
    "nebula galaxy redshift supernova parallax orbit luminosity asteroid",
    "subjunctive conjugation declension genitive dative participle gerund inflection",
    "cognition heuristic conditioning reinforcement memory attention schema anchoring",
    "utilitarian deontology epistemology ontology virtue skepticism dualism pragmatism",
    "polymer isomer nucleophile electrophile ester ketone aldehyde catalyst",
    "microservice container orchestration deployment rollback canary telemetry autoscaling",
];

const DECKS: [&str; 6] = [
    "Study::Systems",
    "Study::Medicine",
    "Study::Science",
    "Study::Mathematics",
    "Study::Humanities",
    "Study::Languages",
];

const ONSET: [&str; 16] = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl"];
const VOWEL: [&str; 8] = ["a", "e", "i", "o", "u", "a", "e", "i"];
const CODA: [&str; 8] = ["", "", "", "n", "r", "s", "l", "t"];

const VOCABULARY: u64 = 6_000;
/// Where the words of the topics stand in the vocabulary.
const TOPIC_RANK: usize = 1_500;

/// Of `notes-100000.csv` as the script writes it.
pub const SHA256_OF_100_000: &str = "a8a213c2064e44d6c360c6872431fb082652b94b60921e9c5b3360dc7afada98";

pub struct Note {
    pub front: String,
    pub back: String,
    pub deck: &'static str,
    pub tags: [String; 3],
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn pick<'a>(list: &[&'a str], random: u64) -> &'a str {
    let index = usize::try_from(random % (list.len() as u64)).unwrap_or_default();
    list.get(index).copied().unwrap_or_default()
}

fn vocabulary() -> Vec<String> {
    let topic: Vec<&str> = TOPICS.iter().flat_map(|topic| topic.split(' ')).collect();
    let mut seen: HashSet<String> = topic.iter().map(|word| (*word).to_owned()).collect();
    let mut words: Vec<String> = Vec::new();
    for word in COMMON.split(' ') {
        if seen.insert(word.to_owned()) {
            words.push(word.to_owned());
        }
    }
    let wanted = usize::try_from(VOCABULARY).unwrap_or_default() - topic.len();
    let mut state = 0x00C0_FFEE;
    while words.len() < wanted {
        let z = splitmix(&mut state);
        let mut word = String::new();
        for syllable in 0..2 + z % 2 {
            word.push_str(pick(&ONSET, z >> (8 + 10 * syllable)));
            word.push_str(pick(&VOWEL, z >> (12 + 10 * syllable)));
            word.push_str(pick(&CODA, z >> (15 + 10 * syllable)));
        }
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    let rest = words.split_off(TOPIC_RANK);
    words.extend(topic.into_iter().map(str::to_owned));
    words.extend(rest);
    words
}

/// The first `count` notes.
pub fn notes(count: u64) -> Vec<Note> {
    let vocabulary = vocabulary();
    (0..count).map(|number| note(&vocabulary, number)).collect()
}

fn note(vocabulary: &[String], number: u64) -> Note {
    let mut state = number.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(0x5EED);
    let random = splitmix(&mut state);
    let topic_number = usize::try_from(random % (TOPICS.len() as u64)).unwrap_or_default();
    let topic: Vec<&str> = TOPICS.get(topic_number).map_or_else(Vec::new, |topic| topic.split(' ').collect());
    let mut field = |want: usize, stop: char| {
        let mut text = String::new();
        let mut in_sentence = 0;
        while text.len() < want {
            let z = splitmix(&mut state);
            let word = if (z >> 32) % 100 < 12 {
                pick(&topic, z >> 40).to_owned()
            } else {
                let u = z & 0xFFFF_FFFF;
                let u = (u * u) >> 32;
                let rank = (VOCABULARY * ((u * u) >> 32)) >> 32;
                vocabulary.get(usize::try_from(rank).unwrap_or_default()).cloned().unwrap_or_default()
            };
            if !text.is_empty() {
                text.push(' ');
            }
            let (first, rest) = word.split_at(1);
            if in_sentence == 0 {
                text.push_str(&first.to_uppercase());
            } else {
                text.push_str(first);
            }
            text.push_str(rest);
            in_sentence += 1;
            if in_sentence >= 12 && text.len() < want - 30 {
                text.push('.');
                in_sentence = 0;
            }
        }
        text.push(stop);
        text
    };
    let (front, back) = (field(74, '?'), field(592, '.'));
    let tags = [
        format!("topic::{}", topic.first().copied().unwrap_or_default()),
        format!("book::b{:02}", number % 20),
        format!("level::{}", 1 + number % 5),
    ];
    Note { front, back, deck: DECKS.get(topic_number % 6).copied().unwrap_or_default(), tags }
}

/// The notes as the script writes them for Anki's text import.
pub fn csv(notes: &[Note]) -> String {
    let mut out = "#separator:tab\n#html:true\n#notetype:Basic\n#deck column:3\n#tags column:4\n".to_owned();
    for note in notes {
        let _ = writeln!(out, "{}\t{}\t{}\t{}", note.front, note.back, note.deck, note.tags.join(" "));
    }
    out
}

/// Of [`csv`].
pub fn sha256(notes: &[Note]) -> String {
    Sha256::digest(csv(notes)).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
