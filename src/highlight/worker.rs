//! The process that tells parts apart.

use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::parts::{Parts, syntax};
use super::protocol::{Answer, Question};
use crate::view::files::PlainReason;

/// Time after which no further line of a text is begun.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest time for one text: longer than Strata waits, which ends the process itself. This is for the case that Strata is gone.
const BUSY: Duration = Duration::from_secs(5);
/// How often it is looked how much memory a text takes.
const LOOK: Duration = Duration::from_millis(50);
/// Most memory, in pages of 4 KiB: 256 MiB. Those that a person would read take some ten MiB.
const PAGES: u64 = 65_536;
/// Longest time without a question. Grammars in use take some ten megabytes, which nobody needs for ever.
const IDLE: Duration = Duration::from_mins(1);

/// Answers questions until there are no more. Ends the whole process where a text takes too long or nobody asks.
///
/// # Errors
///
/// Where a question cannot be read or understood, or nobody reads the answers.
pub fn serve(questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let (is_busy, watched) = mpsc::channel();
    thread::Builder::new().spawn(move || end_in_time(&watched))?;
    // A watch that is gone ends nothing; the questions' end still does.
    let tell = |busy| is_busy.send(busy).unwrap_or_default();
    for question in questions.lines() {
        let question = question?;
        tell(true);
        answer(&serde_json::from_str(&question)?, &mut answers)?;
        tell(false);
    }
    Ok(())
}

fn end_in_time(is_busy: &Receiver<bool>) {
    let mut since: Option<Instant> = None;
    loop {
        match is_busy.recv_timeout(if since.is_some() { LOOK } else { IDLE }) {
            Ok(busy) => since = busy.then(Instant::now),
            Err(RecvTimeoutError::Timeout) if since.is_some_and(|since| since.elapsed() < BUSY) && pages() < PAGES => {}
            Err(RecvTimeoutError::Timeout) => std::process::exit(0),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Pages of memory that this process has (proc(5), `/proc/self/statm`, "resident"); none where the system does not say.
fn pages() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default()
}

fn answer(question: &Question<'_>, answers: &mut impl Write) -> io::Result<()> {
    let first = question.lines.first().map(Cow::as_ref).unwrap_or_default();
    let syntax = syntax(&question.name, first);
    say(answers, &Answer::Language(syntax.map(|syntax| syntax.name.clone())))?;
    if let Some(mut parts) = syntax.map(Parts::new) {
        let begin = Instant::now();
        for line in &question.lines {
            let told = if begin.elapsed() < PATIENCE { parts.of_line(line) } else { Err(PlainReason::Time) };
            match told {
                Ok(parts) => say(answers, &Answer::Line(parts))?,
                Err(why) => {
                    say(answers, &Answer::Plain(why))?;
                    break;
                }
            }
        }
    }
    say(answers, &Answer::End)
}

/// Says it at once: the next line may be the one that never ends.
fn say(answers: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    answers.write_all(&line)?;
    answers.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(questions: &str) -> io::Result<String> {
        let mut answers = Vec::new();
        serve(questions.as_bytes(), &mut answers)?;
        Ok(String::from_utf8(answers).unwrap())
    }

    #[test]
    fn a_question_has_a_line_for_each_of_its_own() {
        let both = asked("{\"name\":\"a.py\",\"lines\":[\"# one\",\"\"]}\n{\"name\":\"a\",\"lines\":[]}\n").unwrap();
        let (told, untold) = ("{\"Line\":[[\"comment\",5]]}", "{\"Line\":[]}");
        assert_eq!(
            both,
            format!("{{\"Language\":\"Python\"}}\n{told}\n{untold}\n\"End\"\n{{\"Language\":null}}\n\"End\"\n")
        );
    }

    #[test]
    fn why_lines_are_left_is_told() {
        let long = "x".repeat(3_000);
        let told = asked(&format!("{{\"name\":\"a.py\",\"lines\":[\"# one\",\"{long}\",\"# two\"]}}\n")).unwrap();
        let line = "{\"Line\":[[\"comment\",5]]}";
        assert_eq!(told, format!("{{\"Language\":\"Python\"}}\n{line}\n{{\"Plain\":\"long_line\"}}\n\"End\"\n"));
    }

    #[test]
    fn what_is_no_question_ends_it() {
        assert!(asked("").unwrap().is_empty());
        assert!(asked("what\n").is_err());
    }
}
