//! Pictures of scenes for the clipboard and for files, drawn on a thread so that no frame waits for one.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::exchange::{png, svg, write};
use crate::scene::{Placed, Scene, width_of};
use crate::theme::{Hue, Palette};

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Copy,
    /// The drawing as text on the clipboard.
    CopySvg,
    /// A file that the reader names: SVG, or PNG by its ending.
    Save,
}

/// A picture that is asked for.
pub struct Wish {
    pub scene: Arc<Scene>,
    pub hue: Hue,
    pub step: usize,
    pub what: What,
}

/// What has become of it.
pub enum Done {
    Image(egui::ColorImage),
    Svg(String),
    Saved(PathBuf),
    Failed(String),
}

/// Pixels a point: sharp on a slide.
const SCALE: f32 = 2.0;

pub struct Pictures {
    /// Pictures for the clipboard that are not here yet.
    awaited: usize,
    /// What has been waited for.
    ready: Vec<Done>,
    send: SyncSender<Done>,
    done: Receiver<Done>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Pictures {
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (send, done) = sync_channel(4);
        Self { awaited: 0, ready: Vec::new(), send, done, wake: Arc::new(wake) }
    }

    /// What has been drawn since the last call.
    pub fn done(&mut self) -> Vec<Done> {
        let mut done = std::mem::take(&mut self.ready);
        let come: Vec<Done> = self.done.try_iter().collect();
        self.awaited = self.awaited.saturating_sub(come.len());
        done.extend(come);
        done
    }

    /// Waits for what goes to the clipboard, so that the next frame has it; for a file the reader may think as long as they like.
    pub fn wait(&mut self) {
        for _ in 0..std::mem::take(&mut self.awaited) {
            self.ready.extend(self.done.recv().ok());
        }
    }

    /// Draws a picture; for a file it asks for the name first.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn draw(&mut self, wish: Wish, palette: Arc<Palette>) -> io::Result<()> {
        self.awaited += usize::from(wish.what != What::Save);
        let (send, wake) = (self.send.clone(), Arc::clone(&self.wake));
        let work = move || {
            let done = match wish.what {
                What::Copy => Some(copied(&wish, &palette)),
                What::CopySvg => Some(Done::Svg(svg_of(&wish, &palette))),
                What::Save => saved(&wish, &palette),
            };
            if let Some(done) = done {
                // A window that has closed wants no picture.
                let _ = send.send(done);
                wake();
            }
        };
        thread::Builder::new().name("picture".to_owned()).spawn(work).map(drop)
    }
}

fn svg_of(wish: &Wish, palette: &Palette) -> String {
    svg::svg(&wish.scene, &Placed::of(&wish.scene, &width_of), wish.step, wish.hue, palette)
}

fn copied(wish: &Wish, palette: &Palette) -> Done {
    match png::pixels(&svg_of(wish, palette), SCALE) {
        Ok(pixels) => {
            let size = [pixels.width() as usize, pixels.height() as usize];
            Done::Image(egui::ColorImage::from_rgba_premultiplied(size, pixels.data()))
        }
        Err(error) => Done::Failed(format!("The scene could not be drawn: {error}")),
    }
}

/// None when the reader thought better of it.
fn saved(wish: &Wish, palette: &Palette) -> Option<Done> {
    let name: String = wish.scene.title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let dialog =
        rfd::FileDialog::new().set_title("Save the scene").set_file_name(format!("{}.svg", name.to_lowercase()));
    let path = dialog.add_filter("SVG", &["svg"]).add_filter("PNG", &["png"]).save_file()?;
    let svg = svg_of(wish, palette);
    let is_png = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    let content = if is_png { png::png(&svg, SCALE) } else { Ok(svg.into_bytes()) };
    Some(match content {
        Ok(content) => match write::file(&path, content) {
            Ok(()) => Done::Saved(path),
            Err(error) => Done::Failed(format!("{error}: {}. Nothing was left half-written.", error.source)),
        },
        Err(error) => Done::Failed(format!("The scene could not be drawn: {error}")),
    })
}
