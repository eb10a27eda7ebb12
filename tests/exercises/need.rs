//! What an exercise runs on: `kafka>=4.0 brokers=3`, `redis>=7,<8`, and of two systems at once `kafka+redis>=8`.

use std::collections::BTreeMap;
use std::fmt;

/// Compared number by number, so that 4.10 is later than 4.9.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(Vec<u32>);

impl Version {
    /// The first thing in the text that looks like a version: `Redis server v=7.0.15 sha=…` gives 7.0.15.
    pub fn find(text: &str) -> Option<Self> {
        let digit = text.find(|c: char| c.is_ascii_digit())?;
        let rest = &text[digit..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let numbers = rest[..end].split('.').filter(|part| !part.is_empty()).map(str::parse);
        numbers.collect::<Result<_, _>>().ok().map(Self)
    }

    /// As many parts as the bound names count: 7.0.15 is `=7` and not `>7`.
    fn to_length(&self, of: &Self) -> Self {
        let mut parts = self.0.clone();
        parts.resize(of.0.len(), 0);
        Self(parts)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

#[derive(Clone, Debug)]
pub struct Need {
    pub system: String,
    bounds: Vec<(&'static str, Version)>,
    /// `brokers=3` and the like; which ones there are is the system's business.
    pub options: BTreeMap<String, String>,
}

/// The longer ones first, since they are looked for in order.
const OPERATORS: [&str; 5] = [">=", "<=", ">", "<", "="];

impl Need {
    /// From the words after `console`; `None` where the block is not to be run.
    pub fn parse_all(words: &str) -> Result<Option<Vec<Self>>, String> {
        let mut specs = None;
        let mut options = BTreeMap::new();
        for word in words.split_whitespace() {
            match word.split_once('=') {
                Some(("verify", spec)) => specs = Some(spec),
                Some((key, value)) => drop(options.insert(key.to_owned(), value.to_owned())),
                None => return Err(format!("`{word}` in a block's first line is not `name=value`")),
            }
        }
        let Some(specs) = specs else { return Ok(None) };
        specs.split('+').map(|spec| Self::parse(spec, &options)).collect::<Result<_, _>>().map(Some)
    }

    fn parse(spec: &str, options: &BTreeMap<String, String>) -> Result<Self, String> {
        let name_end = spec.find(['<', '>', '=']).unwrap_or(spec.len());
        let (system, rest) = spec.split_at(name_end);
        let mut bounds = Vec::new();
        for bound in rest.split(',').filter(|bound| !bound.is_empty()) {
            let wrong = || format!("`{bound}` in `verify={spec}` is not a version bound such as `>=4.0`");
            let operator = OPERATORS.into_iter().find(|op| bound.starts_with(op)).ok_or_else(wrong)?;
            let version = Version::find(&bound[operator.len()..]).ok_or_else(wrong)?;
            bounds.push((operator, version));
        }
        if system.is_empty() {
            return Err(format!("`verify={spec}` names no system"));
        }
        Ok(Self { system: system.to_owned(), bounds, options: options.clone() })
    }

    pub fn is_met_by(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(operator, bound)| {
            let version = version.to_length(bound);
            match *operator {
                ">=" => version >= *bound,
                "<=" => version <= *bound,
                ">" => version > *bound,
                "<" => version < *bound,
                _ => version == *bound,
            }
        })
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bounds: Vec<_> = self.bounds.iter().map(|(operator, version)| format!("{operator}{version}")).collect();
        write!(f, "{}{}", self.system, bounds.join(","))?;
        self.options.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}
