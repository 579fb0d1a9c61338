//! Steps whose texts are no longer than a page bears: a config of 16 MB may be one command.

use crate::anatomy::steps::Step;
use crate::anatomy::text::clip;

/// Longest command on a page, in characters; the raw view has all of it.
const COMMAND_LENGTH: usize = 32_768;
/// Longest build argument, shell and remark, in characters.
const TEXT_LENGTH: usize = 4_096;
/// Most build arguments of one step.
const BUILD_ARGUMENTS: usize = 100;

/// The step with its long texts cut, each with a word about how much is missing.
pub(super) fn shortened(mut step: Step) -> Step {
    let instruction = &mut step.instruction;
    shorten(&mut instruction.arguments, COMMAND_LENGTH);
    let more = instruction.build_arguments.len().saturating_sub(BUILD_ARGUMENTS);
    instruction.build_arguments.truncate(BUILD_ARGUMENTS);
    instruction.build_arguments.iter_mut().for_each(|argument| shorten(argument, TEXT_LENGTH));
    if more > 0 {
        instruction.build_arguments.push(format!("… ({more} more)"));
    }
    for text in [&mut instruction.shell, &mut step.comment].into_iter().flatten() {
        shorten(text, TEXT_LENGTH);
    }
    step
}

fn shorten(text: &mut String, characters: usize) {
    let clipped = clip(text, characters);
    if clipped.left_out > 0 {
        *text = format!("{}… ({} more characters, see the raw view)", clipped.text, clipped.left_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::dockerfile::Instruction;
    use crate::anatomy::time::Created;

    fn step(created_by: &str) -> Step {
        Step {
            position: 0,
            instruction: Instruction::parse(created_by),
            created: Created::NotSet,
            comment: None,
            empty_layer: false,
            layer: None,
        }
    }

    #[test]
    fn long_texts_say_how_much_is_missing() {
        let long = shortened(step(&format!("RUN {}", "ü".repeat(COMMAND_LENGTH + 7))));
        assert!(long.instruction.arguments.ends_with("ü… (7 more characters, see the raw view)"));
        let pairs: Vec<String> = (0..BUILD_ARGUMENTS + 5).map(|number| format!("A{number}=1")).collect();
        let many = shortened(step(&format!("|{} {} /bin/sh -c make", pairs.len(), pairs.join(" "))));
        assert_eq!(many.instruction.build_arguments.len(), BUILD_ARGUMENTS + 1);
        assert_eq!(many.instruction.build_arguments.last().map(String::as_str), Some("… (5 more)"));
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        let step = step("|1 A=1 /bin/bash -c make");
        assert_eq!(shortened(step.clone()), step);
    }
}
