//! The process that tells parts apart.

use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use super::parts::{Parts, syntax};
use super::protocol::{Answer, Question};

/// Longest time for one text: longer than Strata waits, which ends the process itself. This is for the case that Strata is gone.
const BUSY: Duration = Duration::from_secs(5);
/// Longest time without a question. Grammars in use take some ten megabytes, which nobody needs for ever.
const IDLE: Duration = Duration::from_mins(1);

/// Answers questions until there are no more. Ends the whole process where a text takes too long or nobody asks.
///
/// # Errors
///
/// Where a question cannot be read or understood, or nobody reads the answers.
pub fn serve(questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let (is_busy, watched) = mpsc::channel();
    std::thread::spawn(move || {
        end_in_time(&watched);
    });
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
    let mut patience = IDLE;
    loop {
        match is_busy.recv_timeout(patience) {
            Ok(true) => patience = BUSY,
            Ok(false) => patience = IDLE,
            Err(RecvTimeoutError::Timeout) => std::process::exit(0),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn answer(question: &Question<'_>, answers: &mut impl Write) -> io::Result<()> {
    let first = question.lines.first().map(Cow::as_ref).unwrap_or_default();
    let syntax = syntax(&question.name, first);
    say(answers, &Answer::Language(syntax.map(|syntax| syntax.name.clone())))?;
    if let Some(mut parts) = syntax.map(Parts::new) {
        for line in &question.lines {
            let Some(parts) = parts.of_line(line) else { break };
            say(answers, &Answer::Line(parts))?;
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
    fn what_is_no_question_ends_it() {
        assert!(asked("").unwrap().is_empty());
        assert!(asked("what\n").is_err());
    }
}
