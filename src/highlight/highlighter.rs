//! Asks the process that tells parts apart, and ends it where it does not answer.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

use super::protocol::{Answer, Part, Question};
use crate::view::files::{Line, PlainReason, PlainText, Span};

/// Most texts of which is known where they hold a grammar up.
const ENDLESS: u64 = 10_000;
/// For how long that is known: it may have been the machine that was slow, and not the text.
const KNOWN: Duration = Duration::from_hours(1);

/// Tells the parts of texts apart, one text at a time.
#[derive(Debug)]
pub struct Highlighter {
    program: Option<PathBuf>,
    patience: Duration,
    /// The process that has answered the text before, if there is one.
    worker: Mutex<Option<Worker>>,
    /// How many lines can be told of texts that were not answered to the end, and why, by their hash, so that each costs its seconds
    /// once.
    endless: Cache<[u8; 32], (usize, PlainReason)>,
}

/// What is known of a text besides its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Highlighted {
    /// Its language, where there is a grammar for it.
    pub language: Option<String>,
    /// Where its parts are told no further, though there is a grammar.
    pub plain: Option<PlainText>,
}

impl Highlighter {
    /// How long a page waits: the process itself stops after a second, unless a single line holds it up.
    pub const PATIENCE: Duration = Duration::from_secs(2);

    /// One that calls Strata's own program for it, which is at this path, and ends it where a text takes longer than `patience`.
    /// Where there is no program, all texts are plain.
    #[must_use]
    pub fn new(program: Option<PathBuf>, patience: Duration) -> Self {
        let endless = Cache::builder().max_capacity(ENDLESS).time_to_live(KNOWN).build();
        Self { program, patience, worker: Mutex::new(None), endless }
    }

    /// Tells the parts of plain lines apart, as far as there is a grammar for the file's name or first line, and as far as it comes
    /// in time.
    pub async fn highlight(&self, name: &str, lines: &mut [Line]) -> Highlighted {
        self.told(name, lines).await.unwrap_or_default()
    }

    async fn told(&self, name: &str, lines: &mut [Line]) -> Option<Highlighted> {
        let program = self.program.as_deref()?;
        let key = hash(name, lines);
        let known = self.endless.get(&key);
        let most = known.map_or(lines.len(), |(most, _)| most);
        let question = question(name, lines.get(..most)?).ok()?;
        let mut place = self.worker.lock().await;
        // It is not back in its place before it has answered to the end: where this request ends early, so does the process.
        let kept = place.take_if(|worker| worker.lives());
        let mut worker = match kept.map_or_else(|| Worker::start(program), Ok) {
            Ok(worker) => worker,
            Err(error) => {
                tracing::warn!(%error, program = %program.display(), "texts are shown plain: no process can be started");
                return None;
            }
        };
        let mut told = Told::default();
        match timeout(self.patience, worker.ask(&question, &mut told)).await {
            Ok(Ok(())) => *place = Some(worker),
            // Such as by taking too much memory, which it would do again.
            Ok(Err(error)) => {
                tracing::warn!(%error, %name, "the process that tells parts of texts apart has failed");
                self.endless.insert(key, (told.lines.len(), PlainReason::Ended));
                told.plain = Some(PlainReason::Ended);
            }
            Err(_) => {
                tracing::info!(%name, lines = told.lines.len(), "a text holds its grammar up: it is plain from there on");
                self.endless.insert(key, (told.lines.len(), PlainReason::Time));
                told.plain = Some(PlainReason::Time);
            }
        }
        let Told { language, lines: parts, plain } = told;
        let why = plain.or(known.map(|(_, why)| why)).filter(|_| language.is_some() && parts.len() < lines.len());
        let plain = why.map(|why| PlainText { line: parts.len() + 1, why });
        for (line, parts) in lines.iter_mut().zip(parts) {
            paint(line, &parts);
        }
        Some(Highlighted { language, plain })
    }
}

/// What has been answered so far.
#[derive(Debug, Default)]
struct Told {
    language: Option<String>,
    lines: Vec<Vec<Part>>,
    plain: Option<PlainReason>,
}

/// The process, which ends when this is dropped.
#[derive(Debug)]
struct Worker {
    /// Closed by the task that waits for the process's end, when that has come.
    wanted: oneshot::Sender<()>,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Nothing that Strata knows is given to it: neither its environment nor its log.
    fn start(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        // The name is for whoever looks at the machine's processes.
        command.arg0("strata").arg("highlight").env_clear().kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (questions, answers) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        let (wanted, unwanted) = oneshot::channel();
        tokio::spawn(watch(child, unwanted));
        Ok(Self { wanted, questions, answers: BufReader::new(answers).lines() })
    }

    /// It ends by itself when nothing was asked for a while.
    fn lives(&self) -> bool {
        !self.wanted.is_closed()
    }

    async fn ask(&mut self, question: &[u8], told: &mut Told) -> io::Result<()> {
        self.questions.write_all(question).await?;
        while let Some(answer) = self.answers.next_line().await? {
            match serde_json::from_str(&answer)? {
                Answer::Language(language) => told.language = language,
                Answer::Line(parts) => told.lines.push(parts),
                Answer::Plain(why) => told.plain = Some(why),
                Answer::End => return Ok(()),
            }
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Waits for the end of a process, so that the system can forget it, and brings that about once nobody wants it any more.
async fn watch(mut child: Child, unwanted: oneshot::Receiver<()>) {
    tokio::select! {
        _ = child.wait() => {}
        _ = unwanted => {
            let _ = child.kill().await;
        }
    }
}

fn texts(lines: &[Line]) -> impl Iterator<Item = String> {
    lines.iter().map(|line| line.0.iter().map(|span| span.text.as_str()).collect())
}

fn question(name: &str, lines: &[Line]) -> serde_json::Result<Vec<u8>> {
    let lines = texts(lines).map(Into::into).collect();
    let mut question = serde_json::to_vec(&Question { name: name.into(), lines })?;
    question.push(b'\n');
    Ok(question)
}

/// What a text is known by.
fn hash(name: &str, lines: &[Line]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in std::iter::once(name.to_owned()).chain(texts(lines)) {
        hash.update(text);
        hash.update(b"\n");
    }
    hash.finalize().into()
}

/// Gives a plain line its parts, if they make up all of it.
fn paint(line: &mut Line, parts: &[Part]) {
    let text: String = line.0.iter().map(|span| span.text.as_str()).collect();
    let mut rest = text.as_str();
    let mut spans = Vec::with_capacity(parts.len());
    for (style, length) in parts {
        let Some((part, after)) = rest.split_at_checked(*length) else { return };
        spans.push(Span { style: style.clone().into_owned(), text: part.to_owned() });
        rest = after;
    }
    if rest.is_empty() {
        line.0 = spans;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Line {
        Line(vec![Span { style: String::new(), text: text.to_owned() }])
    }

    fn text(line: &Line) -> String {
        line.0.iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn parts_that_make_up_the_line_are_its_parts() {
        let mut line = plain("# é");
        paint(&mut line, &[("comment".into(), 1), ("".into(), 3)]);
        assert_eq!(
            line.0.iter().map(|span| (&*span.style, &*span.text)).collect::<Vec<_>>(),
            [("comment", "#"), ("", " é")]
        );
        for wrong in [vec![], vec![("".into(), 3)], vec![("".into(), 5)]] {
            let mut line = plain("# é");
            paint(&mut line, &wrong);
            assert_eq!(line, plain("# é"));
        }
    }

    #[tokio::test]
    async fn without_a_program_texts_are_plain() {
        for program in [None, Some("/nowhere/strata"), Some("/bin/false")] {
            let mut lines = [plain("return 'x'")];
            let highlighter = Highlighter::new(program.map(PathBuf::from), Highlighter::PATIENCE);
            assert_eq!(highlighter.highlight("a.py", &mut lines).await, Highlighted::default());
            assert_eq!(lines, [plain("return 'x'")]);
        }
    }

    proptest! {
        /// Whatever is told of a line, it stays the line that is in the file.
        #[test]
        fn no_letter_is_lost(line in "\\PC{0,20}", lengths in prop::collection::vec(0_usize..9, 0..9)) {
            let mut painted = plain(&line);
            paint(&mut painted, &lengths.into_iter().map(|length| ("name".into(), length)).collect::<Vec<_>>());
            prop_assert_eq!(text(&painted), line);
        }
    }
}
