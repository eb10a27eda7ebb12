//! A field of another program, HTML as a rule, as Markdown. One pass over the text with a stack of bounded depth: nothing
//! that a stranger writes can exhaust it. A parser of whole pages would bring a browser's rules, a tree and recursion for
//! fragments that have a dozen kinds of tags.

use std::borrow::Cow;

/// Emphasis within emphasis deeper than this is left out.
const DEEPEST: usize = 6;

/// HTML as Markdown; what has no meaning there is left out, text never is.
pub fn markdown_of(html: &str) -> String {
    let mut out = Out::default();
    if !html.contains(['<', '&']) {
        out.text(html);
        return out.finish();
    }
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.text(&decoded(before));
        let Some((tag, after)) = tag(from) else {
            let next = from.get(1..).and_then(|rest| rest.find('<')).map_or(from.len(), |at| at + 1);
            let (text, after) = from.split_at(next);
            out.text(&decoded(text));
            rest = after;
            continue;
        };
        rest = after;
        if !tag.closes && ["script", "style", "title"].contains(&tag.name.as_str()) {
            let end = format!("</{}", tag.name);
            let at = rest.to_ascii_lowercase().find(&end).unwrap_or(rest.len());
            rest = rest.get(at..).unwrap_or_default();
        } else {
            out.tag(&tag);
        }
    }
    out.text(&decoded(rest));
    out.finish()
}

struct Tag {
    name: String,
    closes: bool,
    attributes: String,
}

/// The tag at the head of the text, and what follows; None when it is no tag.
fn tag(from: &str) -> Option<(Tag, &str)> {
    let inner = from.get(1..)?;
    if let Some(comment) = inner.strip_prefix("!--") {
        let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
        return Some((Tag { name: String::new(), closes: false, attributes: String::new() }, comment.get(end..)?));
    }
    let closes = inner.starts_with('/');
    let name_at = inner.get(usize::from(closes)..)?;
    if !name_at.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
        return None;
    }
    let mut quote = None;
    let end = name_at.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        None
    })?;
    let (whole, after) = (name_at.get(..end)?, name_at.get(end + 1..)?);
    let name: String = whole.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '!').collect();
    let attributes = whole.get(name.len()..)?.to_owned();
    Some((Tag { name: name.to_ascii_lowercase(), closes, attributes }, after))
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<String> {
        let lower = self.attributes.to_ascii_lowercase();
        let at = lower.match_indices(name).map(|(at, _)| at).find(|at| {
            let before =
                lower.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_whitespace() || c == '"'));
            before && lower.get(at + name.len()..).is_some_and(|after| after.trim_start().starts_with('='))
        })?;
        let value = self.attributes.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
        let text = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
            _ => value.split([' ', '\t', '\n']).next()?,
        };
        Some(decoded(text).into_owned())
    }
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "where a writer of Markdown may stand")]
struct Out {
    text: String,
    /// A paragraph has to begin before the next word, a line before the next item.
    paragraph: bool,
    space: bool,
    /// An item has begun and has no word yet.
    fresh_item: bool,
    /// Emphasis that is open in the text, and what opens with the next word.
    open: Vec<&'static str>,
    opening: Vec<&'static str>,
    lists: Vec<Option<u32>>,
    code: bool,
    pre: bool,
    /// Written as code, collected until it ends.
    verbatim: String,
    links: Vec<Option<String>>,
    cells: usize,
    rows: usize,
    in_table: bool,
}

impl Out {
    fn tag(&mut self, tag: &Tag) {
        if self.pre || self.code {
            match tag.name.as_str() {
                "pre" if tag.closes => self.end_pre(),
                "code" | "tt" if tag.closes && !self.pre => self.end_code(),
                "br" => self.verbatim.push('\n'),
                "div" | "p" if !tag.closes && !self.verbatim.is_empty() => self.verbatim.push('\n'),
                _ => {}
            }
            return;
        }
        match tag.name.as_str() {
            "br" => {
                self.close_all();
                if self.text.ends_with("  \n") {
                    // Two of them are an empty line.
                    self.paragraph = true;
                } else if !self.text.is_empty() && !self.paragraph && !self.in_table {
                    self.trim();
                    self.text.push_str("  \n");
                }
                self.space = false;
            }
            "b" | "strong" => self.emphasis("**", tag.closes),
            "i" | "em" | "cite" => self.emphasis("*", tag.closes),
            "s" | "del" | "strike" => self.emphasis("~~", tag.closes),
            "code" | "tt" | "kbd" | "samp" => self.code = !tag.closes,
            "pre" => {
                self.pre = !tag.closes;
                self.block();
            }
            "a" => self.link(tag),
            "img" => {
                if let Some(source) = tag.attribute("src") {
                    self.word();
                    let alt = tag.attribute("alt").unwrap_or_default().replace(['[', ']', '\n'], " ");
                    self.text.extend(["![", &alt, "](", &target(&source), ")"]);
                }
            }
            "ul" | "ol" if tag.closes => {
                self.lists.pop();
                self.block();
            }
            "ul" | "ol" => {
                self.lists.truncate(DEEPEST);
                self.lists.push((tag.name == "ol").then_some(0));
                self.block();
            }
            "li" if !tag.closes => self.item(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.block();
                if !tag.closes {
                    self.begin();
                    self.text.push_str("### ");
                }
            }
            "hr" => {
                self.block();
                self.begin();
                self.text.push_str("***");
                self.block();
            }
            "table" => {
                self.block();
                (self.in_table, self.rows) = (!tag.closes, 0);
            }
            "tr" if self.in_table => self.row(tag.closes),
            "td" | "th" if self.in_table && !tag.closes => {
                self.close_all();
                self.space = false;
                self.text.push_str(if self.cells == 0 { "| " } else { " | " });
                self.cells += 1;
            }
            "div" | "p" | "section" | "article" | "blockquote" | "center" | "dl" | "dt" | "dd" | "summary"
            | "details"
                if !self.in_table =>
            {
                self.block();
            }
            _ => {}
        }
    }

    /// Some text, its entities decoded.
    fn text(&mut self, text: &str) {
        if self.pre || self.code {
            self.verbatim.push_str(text);
            return;
        }
        let (mut rest, mut last) = (text, None);
        while let Some(c) = rest.chars().next() {
            // Letters and digits, which are most of any text, mean nothing to Markdown.
            let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if let Some((word, after)) = rest.split_at_checked(plain).filter(|_| plain > 0) {
                self.word();
                self.text.push_str(word);
                (rest, last) = (after, word.chars().next_back());
                continue;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            if c.is_whitespace() {
                self.space = true;
                last = Some(' ');
                continue;
            }
            if c.is_control() {
                continue;
            }
            self.word();
            if self.must_escape(c, last, rest.chars().next()) {
                self.text.push('\\');
            }
            self.text.push(c);
            last = Some(c);
        }
    }

    /// Whether Markdown would give the character a meaning here.
    fn must_escape(&self, c: char, last: Option<char>, next: Option<char>) -> bool {
        let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let at_start = || {
            self.line_of(b" |-#").is_some_and(|line| {
                line.trim_start_matches([' ', '|']).is_empty()
                    || line.trim_start() == "- "
                    || line.trim_start() == "### "
            })
        };
        match c {
            '`' | '[' => true,
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '*' => !(spaced(last) && spaced(next)) || at_start(),
            '_' => !(last.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
            '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '&' => next.is_none_or(|next| next.is_ascii_alphanumeric() || next == '#'),
            '~' => next == Some('~') || last == Some('~'),
            ']' => next.is_none_or(|next| "([:".contains(next)),
            '|' => self.in_table,
            '#' | '>' => at_start(),
            '-' | '+' | '=' => next.is_none_or(|next| next.is_whitespace() || "-=|:".contains(next)) && at_start(),
            '.' | ')' => {
                let number = || self.line_of(b" 0123456789").map(str::trim_start);
                let is_short = |line: &str| !line.is_empty() && line.len() < 10 && !line.contains(' ');
                spaced(next) && number().is_some_and(is_short)
            }
            _ => false,
        }
    }

    /// What stands of the line, when it is nothing but these signs; a line of very many is none that matters.
    fn line_of(&self, signs: &[u8]) -> Option<&str> {
        const MOST: usize = 256;
        let length = self.text.bytes().rev().take(MOST).take_while(|byte| signs.contains(byte)).count();
        let (before, line) = self.text.split_at_checked(self.text.len() - length)?;
        (before.is_empty() || before.ends_with('\n')).then_some(line)
    }

    /// Everything that stands before the next word.
    fn word(&mut self) {
        self.begin();
        self.fresh_item = false;
        if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        for marker in std::mem::take(&mut self.opening) {
            self.text.push_str(marker);
            self.open.push(marker);
        }
    }

    fn begin(&mut self) {
        if std::mem::take(&mut self.paragraph) && !self.text.is_empty() {
            self.trim();
            self.text.push_str("\n\n");
            self.space = false;
            // What belongs to an item is indented as it is.
            if !self.lists.is_empty() {
                self.text.push_str(&"  ".repeat(self.lists.len()));
            }
        }
    }

    /// Ends the block that is being written; what an item begins with stands on its line.
    fn block(&mut self) {
        self.close_all();
        self.paragraph = !self.fresh_item;
    }

    fn item(&mut self) {
        self.close_all();
        self.trim();
        let depth = self.lists.len().max(1);
        if !self.text.is_empty() {
            // The first item of a list begins a block, the others a line.
            let first = self.lists.last().is_none_or(|list| *list == Some(0)) || self.paragraph;
            self.text.push_str(if first && depth == 1 { "\n\n" } else { "\n" });
        }
        (self.paragraph, self.space) = (false, false);
        self.text.push_str(&"   ".repeat(depth - 1));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                self.text.extend([&number.to_string(), ". "]);
            }
            _ => self.text.push_str("- "),
        }
        self.fresh_item = true;
    }

    fn row(&mut self, closes: bool) {
        if !closes {
            (self.cells, self.paragraph) = (0, false);
            self.trim();
            if !self.text.is_empty() {
                self.text.push_str(if self.rows == 0 { "\n\n" } else { "\n" });
            }
            return;
        }
        self.close_all();
        self.text.push_str(" |");
        self.rows += 1;
        if self.rows == 1 {
            self.text.push('\n');
            self.text.push('|');
            self.text.push_str(&"---|".repeat(self.cells.clamp(1, 64)));
        }
        self.space = false;
    }

    fn emphasis(&mut self, marker: &'static str, closes: bool) {
        if !closes {
            if self.open.len() + self.opening.len() < DEEPEST
                && !self.open.contains(&marker)
                && !self.opening.contains(&marker)
            {
                self.opening.push(marker);
            }
            return;
        }
        self.opening.retain(|opening| *opening != marker);
        // Markers close in the order in which they were opened.
        if let Some(at) = self.open.iter().position(|open| *open == marker) {
            for marker in self.open.split_off(at).into_iter().rev() {
                self.text.push_str(marker);
            }
        }
    }

    fn close_all(&mut self) {
        self.opening.clear();
        while let Some(marker) = self.open.pop() {
            self.text.push_str(marker);
        }
    }

    fn link(&mut self, tag: &Tag) {
        if tag.closes {
            if let Some(Some(url)) = self.links.pop() {
                self.text.extend(["](", &url, ")"]);
            }
            return;
        }
        let url = tag.attribute("href").filter(|url| {
            let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
            self.links.is_empty() && ["http", "https", "mailto"].contains(&scheme.as_str())
        });
        if url.is_some() {
            self.word();
            self.text.push('[');
        }
        if self.links.len() < DEEPEST {
            self.links.push(url.map(|url| target(&url)));
        }
    }

    fn end_code(&mut self) {
        self.code = false;
        let code = std::mem::take(&mut self.verbatim).replace('\n', " ");
        if !code.trim().is_empty() {
            self.word();
            let fence = "`".repeat(longest_run(&code) + 1);
            let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
            self.text.extend([&fence, pad, &code, pad, &fence]);
        }
    }

    fn end_pre(&mut self) {
        (self.pre, self.code) = (false, false);
        let code = std::mem::take(&mut self.verbatim);
        self.paragraph = true;
        self.begin();
        let fence = "`".repeat((longest_run(&code) + 1).max(3));
        self.text.extend([&fence, "\n", code.trim_matches('\n'), "\n", &fence]);
        self.paragraph = true;
    }

    fn trim(&mut self) {
        self.text.truncate(self.text.trim_end().len());
    }

    fn finish(mut self) -> String {
        if self.pre {
            self.end_pre();
        } else if self.code {
            self.end_code();
        }
        self.close_all();
        while let Some(link) = self.links.pop() {
            if let Some(url) = link {
                self.text.extend(["](", &url, ")"]);
            }
        }
        self.trim();
        self.text
    }
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A link's target that ends where it should.
fn target(url: &str) -> String {
    url.trim().replace(char::is_whitespace, "%20").replace('(', "%28").replace(')', "%29").replace('<', "%3C")
}

/// Text with its entities as characters. The names are those that Anki's editor and common sources write.
fn decoded(text: &str) -> Cow<'_, str> {
    const NAMES: [(&str, &str); 24] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", "\u{a0}"),
        ("mdash", "—"),
        ("ndash", "–"),
        ("hellip", "…"),
        ("rarr", "→"),
        ("larr", "←"),
        ("uarr", "↑"),
        ("darr", "↓"),
        ("times", "×"),
        ("middot", "·"),
        ("bull", "•"),
        ("deg", "°"),
        ("plusmn", "±"),
        ("le", "≤"),
        ("ge", "≥"),
        ("ne", "≠"),
        ("micro", "µ"),
        ("euro", "€"),
        ("copy", "©"),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let name = from.get(1..).and_then(|after| after.split_once(';')).map(|(name, _)| name);
        let named = name.filter(|name| name.len() <= 8).and_then(|name| {
            let number = match name.strip_prefix('#') {
                Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(hex.get(1..)?, 16).ok(),
                Some(digits) => digits.parse().ok(),
                None => return NAMES.iter().find(|(known, _)| *known == name).map(|(_, sign)| (*sign).to_owned()),
            };
            number.and_then(char::from_u32).map(String::from)
        });
        match (named, name) {
            (Some(sign), Some(name)) => {
                out.push_str(&sign);
                rest = from.get(name.len() + 2..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::apkg::html_of;

    #[test]
    fn the_tags_of_a_field_become_markdown() {
        for (html, markdown) in [
            ("plain snake_case a*b 2 * 3", "plain snake_case a\\*b 2 * 3"),
            ("a &lt;b&gt; &amp;amp; &#65;&nbsp;&rarr;", "a \\<b> \\&amp; A →"),
            ("<div>one</div><div>two</div>", "one\n\ntwo"),
            ("one<br>two<br><br>three", "one  \ntwo\n\nthree"),
            ("a <b> bold </b>and <i>it</i>", "a **bold** and *it*"),
            ("<b>one<div>two</div></b>", "**one**\n\ntwo"),
            ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>after", "- a\n- b\n   - c\n\nafter"),
            ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
            ("<pre><code>x &lt; 1\n  y</code></pre>", "```\nx < 1\n  y\n```"),
            ("<code>a`b</code>", "``a`b``"),
            ("<a href=\"https://x.test/a b\">x</a> <a href='javascript:y'>y</a>", "[x](https://x.test/a%20b) y"),
            ("<img src=\"a b.png\">", "![](a%20b.png)"),
            ("<script>alert(1)</script>after<style>b{}</style>", "after"),
            ("# not a heading", "\\# not a heading"),
            ("1. not a list", "1\\. not a list"),
            ("a < b", "a < b"),
            (
                "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d|e</td></tr></table>",
                "| a | b |\n|---|---|\n| c | d\\|e |",
            ),
        ] {
            assert_eq!(markdown_of(html).replace('\u{a0}', " ").trim_start(), markdown, "{html}");
        }
    }

    #[test]
    fn what_a_card_says_survives_the_way_out_and_back() {
        for markdown in [
            "One **bold** and `code` with *it*.",
            "First.\n\nSecond with [a link](https://x.test).",
            "- a\n- b\n\nafter",
            "```\nlet x = 1;\n  y\n```",
            "| a | b |\n|---|---|\n| c | d |",
            "1. one\n2. two",
            "a \\<b> \\* c_d \\_e\\_",
        ] {
            let html = html_of(markdown);
            assert_eq!(html_of(&markdown_of(&html)), html, "{markdown}");
        }
    }

    #[test]
    fn a_line_without_end_ends() {
        let line = "words - and --- 5. more. ".repeat(100_000);
        assert_eq!(markdown_of(&line), line.trim_end());
    }

    #[test]
    fn absurd_nesting_ends() {
        let deep = format!("{}x{}", "<div><ul><b>".repeat(20_000), "<table><td>".repeat(2_000));
        assert!(markdown_of(&deep).contains('x'));
    }

    proptest! {
        #[test]
        fn no_text_is_lost(words in proptest::collection::vec("[a-z]{1,6}", 1..12), tags in "[<>/a-z =\"'&;#]{0,60}") {
            let html = words.join("<br>") + "<p>" + &tags;
            let markdown = markdown_of(&html);
            for word in &words {
                prop_assert!(markdown.contains(word.as_str()), "{word} of {html} in {markdown}");
            }
        }
    }
}
