//! Pictures in notes: taken in from the clipboard, a drop or a file, read back and unpacked, all on a thread of their own.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use egui::{ColorImage, Context, DroppedFileHandle, TextureHandle, TextureOptions};

use super::app::App;
use crate::exchange::picture::{self, MOST_BYTES, Picture, PictureError};
use crate::store::{Access, Job, Snapshot};
use crate::window::cx::Draft;

/// Where a picture comes from.
pub enum Source {
    Clipboard(Arc<ColorImage>),
    Dropped(DroppedFileHandle),
    /// A file that the reader is asked for.
    Chosen,
}

enum Wish {
    Take(Source, Draft),
    Show(String),
}

/// What has become of it.
pub enum Done {
    /// The reader thought better of it.
    Nothing,
    /// Ready to be kept, for the note that it goes into.
    Taken {
        draft: Draft,
        name: String,
        bytes: Vec<u8>,
        picture: Picture,
    },
    Refused(String),
    Shown {
        name: String,
        picture: Result<Picture, String>,
    },
}

#[derive(Clone)]
pub enum Image {
    Loading,
    Ready(TextureHandle),
    /// Why it cannot be shown.
    Failed(String),
}

pub struct Images {
    wishes: Option<SyncSender<Wish>>,
    done: Receiver<Done>,
    shown: RefCell<HashMap<String, Image>>,
    /// Wishes without an answer yet.
    open: Cell<usize>,
    /// The notes that wait for a picture to be on the disk.
    waiting: HashMap<String, Draft>,
}

/// Endings of the files that are pictures.
const KINDS: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "svg"];
/// Wishes that may wait.
const QUEUE: usize = 64;

impl Images {
    pub fn start(folder: PathBuf, wake: impl Fn() + Send + 'static) -> Self {
        let (wishes, inbox) = sync_channel::<Wish>(QUEUE);
        let (send, done) = sync_channel(QUEUE);
        let work = move || {
            for wish in inbox {
                let done = match wish {
                    Wish::Take(source, draft) => match take(source) {
                        Ok(Some((bytes, picture))) => {
                            Done::Taken { draft, name: picture::name_of(&bytes), bytes, picture }
                        }
                        Ok(None) => Done::Nothing,
                        Err(why) => Done::Refused(why),
                    },
                    Wish::Show(name) => {
                        let picture = match Snapshot::open(&folder).and_then(|data| data.picture(&name)) {
                            Ok(Some(bytes)) => picture::decode(&bytes).map_err(|error| error.to_string()),
                            Ok(None) => Err("it is not in your data".to_owned()),
                            Err(error) => Err(error.to_string()),
                        };
                        Done::Shown { name, picture }
                    }
                };
                if send.send(done).is_err() {
                    return;
                }
                wake();
            }
        };
        let spawned: io::Result<_> = thread::Builder::new().name("images".to_owned()).spawn(work);
        Self {
            wishes: spawned.ok().map(|_| wishes),
            done,
            shown: RefCell::default(),
            open: Cell::new(0),
            waiting: HashMap::new(),
        }
    }

    /// What has been done since the last call.
    pub fn done(&self) -> Vec<Done> {
        let done: Vec<Done> = self.done.try_iter().collect();
        self.open.set(self.open.get().saturating_sub(done.len()));
        done
    }

    /// Waits for everything that was wished for. For tests, which must not sleep.
    pub fn wait(&self) -> Vec<Done> {
        let done: Vec<Done> = self.done.iter().take(self.open.get()).collect();
        self.open.set(0);
        done
    }

    /// Whether a picture is on its way to the disk.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A picture by its name; asked for when it is not there yet.
    pub fn image(&self, name: &str) -> Image {
        let mut shown = self.shown.borrow_mut();
        if let Some(image) = shown.get(name) {
            return image.clone();
        }
        // What cannot be asked for now is asked for at the next frame.
        if self.send(Wish::Show(name.to_owned())) {
            shown.insert(name.to_owned(), Image::Loading);
        }
        Image::Loading
    }

    /// Takes a picture in for a note; false when that is refused.
    pub fn take(&self, source: Source, draft: Draft) -> bool {
        self.send(Wish::Take(source, draft))
    }

    fn send(&self, wish: Wish) -> bool {
        let sent = self.wishes.as_ref().is_some_and(|wishes| wishes.try_send(wish).is_ok());
        self.open.set(self.open.get() + usize::from(sent));
        sent
    }

    /// Everything is read anew.
    pub fn forget(&self) {
        self.shown.borrow_mut().clear();
    }

    fn put(&self, ctx: &Context, name: String, picture: Result<Picture, String>) {
        let image = match picture {
            Ok(picture) => {
                let size = [picture.width as usize, picture.height as usize];
                let pixels = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
                Image::Ready(ctx.load_texture(format!("picture {name}"), pixels, TextureOptions::LINEAR))
            }
            Err(why) => Image::Failed(why),
        };
        self.shown.borrow_mut().insert(name, image);
    }
}

/// The bytes to keep, and the picture in them; None when the reader thought better of it.
fn take(source: Source) -> Result<Option<(Vec<u8>, Picture)>, String> {
    let bytes = match source {
        Source::Clipboard(image) => {
            let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
            let rgba = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            picture::png_of(width, height, rgba).map_err(|error| error.to_string())?
        }
        Source::Dropped(file) => {
            of_length(file.path())?;
            file.bytes()?
        }
        Source::Chosen => {
            let dialog = rfd::FileDialog::new().set_title("A picture for the note");
            let Some(path) = dialog.add_filter("Pictures", &KINDS).pick_file() else { return Ok(None) };
            of_length(&path)?;
            std::fs::read(path).map_err(|error| error.to_string())?
        }
    };
    let picture = picture::decode(&bytes).map_err(|error| error.to_string())?;
    Ok(Some((bytes, picture)))
}

/// Refuses a file that is too long before it is read.
fn of_length(path: &Path) -> Result<(), String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    let bytes = usize::try_from(length).unwrap_or(usize::MAX);
    if bytes > MOST_BYTES { Err(PictureError::TooManyBytes { bytes }.to_string()) } else { Ok(()) }
}

/// Whether a file is called as a picture is; what is dropped for another purpose is left alone.
fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| KINDS.contains(&ending.as_str()))
}

impl App {
    /// Takes pictures in that were pasted, or dropped onto the window, for the note that is on the desk.
    pub(super) fn take_in_images(&mut self, ctx: &Context) {
        let mut sources: Vec<Source> = Vec::new();
        ctx.input(|input| {
            sources.extend(input.events.iter().filter_map(|event| match event {
                egui::Event::PasteImage(image) => Some(Source::Clipboard(Arc::clone(image))),
                _ => None,
            }));
            let dropped = input.raw.dropped_files.iter().filter(|file| is_picture(file.path()));
            sources.extend(dropped.cloned().map(Source::Dropped));
        });
        for source in sources {
            self.take_image(source);
        }
    }

    pub(super) fn take_image(&mut self, source: Source) {
        let Some(draft) = self.with_cx(|panes, cx, _| panes.answer.draft(cx)) else { return };
        if !matches!(self.access, Access::ReadWrite) {
            self.toasts.warn("Nothing can be written at the moment; the picture was not kept");
        } else if !self.images.take(source, draft) {
            self.toasts.warn("Too many pictures at once; the last one was not kept");
        }
    }

    pub(super) fn take_images(&mut self, ctx: &Context, all: Vec<Done>) {
        for done in all {
            match done {
                Done::Nothing => {}
                Done::Taken { draft, name, bytes, picture } => {
                    self.images.put(ctx, name.clone(), Ok(picture));
                    self.images.waiting.insert(name.clone(), draft);
                    self.send(Job::KeepPicture { name, bytes });
                }
                Done::Refused(why) => self.toasts.warn(format!("The picture was not kept: {why}")),
                Done::Shown { name, picture } => self.images.put(ctx, name, picture),
            }
        }
    }

    /// A picture is on the disk: now the note may name it.
    pub(super) fn picture_kept(&mut self, name: &str) {
        let Some(draft) = self.images.waiting.remove(name) else { return };
        let link = format!("![picture](image:{name})");
        self.with_cx(|panes, cx, out| panes.answer.insert(cx, &draft, &link, out));
    }
}
