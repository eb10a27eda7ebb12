//! A package of somebody else's: which container it is, and its collection as a file of our own. Nothing in it names a
//! place on this disk, and nothing comes out larger than it may be.

use std::fs::File;
use std::io::{self, Read, Seek, Write as _};

use tempfile::TempDir;
use thiserror::Error;
use zip::ZipArchive;
use zip::result::ZipError;

use super::proto;
use crate::store::StoreError;
use crate::store::foreign::anki::{self, Collection};

/// A collection larger than this, in bytes, is not believed: 100,000 notes take 0.12 GB.
const LARGEST_COLLECTION: u64 = 2 * 1024 * 1024 * 1024;
/// What one byte may come to when it is unpacked. Text reaches 20; a bomb lives of thousands.
const LARGEST_RATIO: u64 = 400;
const MOST_ENTRIES: usize = 500_000;
const NEWEST: u64 = 3;

#[derive(Debug, Error)]
pub enum OpenError {
    #[error("it is no readable zip archive ({0})")]
    Zip(String),
    #[error("it is encrypted")]
    Encrypted,
    #[error("it was made by a newer Anki (package version {found}, known up to {NEWEST})")]
    TooNew { found: u64 },
    #[error("there is no collection in it")]
    NoCollection,
    #[error("it claims to hold more than it may: {0}")]
    TooLarge(&'static str),
    #[error("its collection cannot be unpacked ({0})")]
    Unpack(#[source] io::Error),
    #[error("could not make a temporary file")]
    Temporary(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is in a package.
pub struct Opened {
    pub collection: Collection,
    /// Pictures and sounds beside it.
    pub media: usize,
}

/// Reads a package of any of the three generations.
///
/// # Errors
/// When it is no package, is damaged, encrypted or newer than known, or would come to more than it may.
pub fn open(source: impl Read + Seek) -> Result<Opened, OpenError> {
    let mut zip = ZipArchive::new(source).map_err(zip_error)?;
    if zip.len() > MOST_ENTRIES {
        return Err(OpenError::TooLarge("its list of files"));
    }
    let version = version(&mut zip)?;
    let (name, compressed) = match version {
        Some(NEWEST) => ("collection.anki21b", true),
        Some(found @ NEWEST..) => return Err(OpenError::TooNew { found }),
        _ if zip.index_for_name("collection.anki21").is_some() => ("collection.anki21", false),
        _ => ("collection.anki2", false),
    };
    if zip.index_for_name(name).is_none() {
        return Err(OpenError::NoCollection);
    }
    let folder = TempDir::new().map_err(OpenError::Temporary)?;
    let path = folder.path().join("collection.db");
    let mut file = File::create(&path).map_err(OpenError::Temporary)?;
    let entry = zip.by_name(name).map_err(zip_error)?;
    let most = entry.compressed_size().saturating_mul(LARGEST_RATIO).clamp(1 << 20, LARGEST_COLLECTION);
    let read = if compressed {
        let decoder = zstd::Decoder::new(entry).map_err(OpenError::Unpack)?;
        io::copy(&mut decoder.take(most + 1), &mut file)
    } else {
        io::copy(&mut entry.take(most + 1), &mut file)
    };
    if read.map_err(OpenError::Unpack)? > most {
        return Err(OpenError::TooLarge("its collection"));
    }
    file.flush().map_err(OpenError::Temporary)?;
    drop(file);
    let collection = anki::read(&path)?;
    let is_media = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let media = zip.file_names().filter(|name| name.as_ref().is_ok_and(|name| is_media(name))).count();
    Ok(Opened { collection, media })
}

/// What the entry `meta` says; None of a package from before 2021.
fn version<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Option<u64>, OpenError> {
    if zip.index_for_name("meta").is_none() {
        return Ok(None);
    }
    let mut meta = Vec::new();
    let entry = zip.by_name("meta").map_err(zip_error)?;
    entry.take(64).read_to_end(&mut meta).map_err(OpenError::Unpack)?;
    Ok(Some(proto::number_of(&meta, 1)))
}

fn zip_error(error: ZipError) -> OpenError {
    match error {
        ZipError::UnsupportedArchive(why) if why == ZipError::PASSWORD_REQUIRED => OpenError::Encrypted,
        error => OpenError::Zip(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::exchange::import::obsidian::Separators;
    use crate::store::foreign::anki::Writer;

    fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn collection() -> Vec<u8> {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("c");
        Writer::create(&path).unwrap().finish(0, 0, ["{}"; 4]).unwrap();
        std::fs::read(path).unwrap()
    }

    fn refused(files: &[(&str, Vec<u8>)]) -> String {
        open(Cursor::new(zipped(files))).err().expect("it was read").to_string()
    }

    fn squeezed(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    #[test]
    fn every_generation_is_read() {
        let (new, old) = (vec![8, 3], vec![8, 2]);
        let packages: [&[(&str, Vec<u8>)]; 3] = [
            &[("meta", new), ("collection.anki21b", squeezed(&collection())), ("0", vec![1])],
            &[("meta", old), ("collection.anki2", b"dummy".to_vec()), ("collection.anki21", collection())],
            &[("collection.anki2", collection()), ("media", b"{}".to_vec())],
        ];
        let media = packages.map(|files| open(Cursor::new(zipped(files))).unwrap().media);
        assert_eq!(media, [1, 0, 0]);
    }

    /// Between the two that Anki exports lie the schemas that a collection had on the way: from 15 on in tables of their own.
    #[test]
    fn every_schema_on_the_way_is_read() {
        const TABLES: &str = "
            CREATE TABLE notetypes (id integer NOT NULL PRIMARY KEY, name text NOT NULL,
                mtime_secs integer NOT NULL, usn integer NOT NULL, config blob NOT NULL);
            CREATE TABLE fields (ntid integer NOT NULL, ord integer NOT NULL, name text NOT NULL,
                config blob NOT NULL, PRIMARY KEY (ntid, ord)) WITHOUT ROWID;
            CREATE TABLE templates (ntid integer NOT NULL, ord integer NOT NULL, name text NOT NULL,
                mtime_secs integer NOT NULL, usn integer NOT NULL, config blob NOT NULL, PRIMARY KEY (ntid, ord)) WITHOUT ROWID;
            CREATE TABLE decks (id integer PRIMARY KEY NOT NULL, name text NOT NULL,
                mtime_secs integer NOT NULL, usn integer NOT NULL, common blob NOT NULL, kind blob NOT NULL);
            INSERT INTO notetypes VALUES (5, 'Basic', 0, 0, x'');
            INSERT INTO fields VALUES (5, 1, 'Back', x''), (5, 0, 'Front', x'');
            INSERT INTO templates VALUES (5, 0, 'Card 1', 0, 0, x'0a097b7b46726f6e747d7d12087b7b4261636b7d7d');
            INSERT INTO decks VALUES (1, 'Deck' || x'1f' || 'Part', 0, 0, x'', x'');";
        const ROWS: &str = "
            INSERT INTO notes VALUES (7, 'guid', 5, 0, 0, ' t ', 'question' || x'1f' || 'answer', 0, 0, 0, '');
            INSERT INTO cards VALUES (8, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '');";
        const JSON: &str = r#"UPDATE col SET decks = '{"1":{"name":"Deck::Part"}}', models = '{"5":{"flds":[{"name":"Front","ord":0},
            {"name":"Back","ord":1}],"tmpls":[{"qfmt":"{{Front}}","afmt":"{{Back}}","ord":0}]}}';"#;
        for version in 11..=18 {
            let dir = TempDir::new().unwrap();
            let path = dir.path().join("c");
            std::fs::write(&path, collection()).unwrap();
            let tables = if version < 15 { JSON } else { TABLES };
            let sql = format!("{tables}{ROWS}UPDATE col SET ver = {version};");
            crate::store::foreign::anki::tests::alter(&path, &sql);
            let bytes = zipped(&[("collection.anki2", std::fs::read(&path).unwrap())]);
            let now = crate::time::Moment { at: crate::time::Timestamp(0), offset_secs: 0 };
            let read = crate::exchange::import::read_bytes("c.apkg", &bytes, &Separators::default(), now).unwrap();
            let card = read.cards.first().unwrap_or_else(|| panic!("schema {version}: {:?}", read.skipped));
            let said = (card.front.as_str(), card.back.as_str(), card.deck.as_str(), card.tags.join(" "));
            assert_eq!(said, ("question", "answer", "Deck::Part", "t".to_owned()), "schema {version}");
        }
    }

    #[test]
    fn what_is_no_package_is_refused_in_words() {
        let whole = zipped(&[("collection.anki2", collection())]);
        let said = |bytes: &[u8]| open(Cursor::new(bytes)).err().expect("it was read").to_string();
        assert!(said(b"not a zip").contains("no readable zip"));
        assert!(said(&whole[..whole.len() / 2]).contains("no readable zip"));
        assert!(refused(&[("readme", Vec::new())]).contains("no collection"));
        assert!(refused(&[("meta", vec![8, 9]), ("collection.anki21b", Vec::new())]).contains("newer Anki"));
        assert!(
            refused(&[("collection.anki2", b"SQLite format 3\0 and then nonsense".repeat(90))]).contains("damaged")
        );
        let cut = &squeezed(&collection())[..40];
        assert!(refused(&[("meta", vec![8, 3]), ("collection.anki21b", cut.to_vec())]).contains("cannot be unpacked"));

        // The bit that says "encrypted", in the entry's own head and in the list at the end.
        let mut locked = whole;
        for (head, at) in [(&b"PK\x03\x04"[..], 6), (&b"PK\x01\x02"[..], 8)] {
            let start = locked.windows(4).position(|window| window == head).unwrap();
            locked[start + at] |= 1;
        }
        assert!(said(&locked).contains("encrypted"), "{}", said(&locked));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = squeezed(&vec![0; 300 << 20]);
        assert!(bomb.len() < 1 << 16, "{}", bomb.len());
        assert!(refused(&[("meta", vec![8, 3]), ("collection.anki21b", bomb)]).contains("more than it may"));
        let zeros = vec![0; 64 << 20];
        assert!(refused(&[("collection.anki2", zeros)]).contains("more than it may"));
    }

    #[test]
    fn tables_that_are_none_and_values_of_the_wrong_type_are_refused() {
        let with = |sql: &str| {
            let dir = TempDir::new().unwrap();
            let path = dir.path().join("c");
            std::fs::write(&path, collection()).unwrap();
            crate::store::foreign::anki::tests::alter(&path, sql);
            refused(&[("collection.anki2", std::fs::read(&path).unwrap())])
        };
        let endless = "DROP TABLE notes; CREATE VIEW notes AS
                       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n";
        assert!(with(endless).contains("no collection"));
        assert!(with("UPDATE col SET ver = 99").contains("schema 99"));
        assert!(with("INSERT INTO notes VALUES (1, x'ff', 1, 1, 1, '', 7, 0, 0, 0, '')").contains("could not read"));
        let long = "INSERT INTO notes VALUES (1, 'g', 1, 1, 1, '', hex(zeroblob(12000000)), 0, 0, 0, '')";
        let said = with(long);
        assert!(said.contains("could not read") || said.contains("more than it may"), "{said}");
    }
}
