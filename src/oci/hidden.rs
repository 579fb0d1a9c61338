//! Characters that no text of a registry shows as they are (threats T-28, V-6).

/// Whether a reader cannot see a character, or sees others wrongly because of it.
///
/// Controls are among them, so also tabs and line breaks.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // No width: soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian
            // separators and selectors, zero-width spaces and joiners, word joiners and invisible operators.
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            // Lines and directions: separators, embeddings and overrides (isolates are among those above).
                | '\u{2028}'..='\u{202e}'
            // Annotations, objects, tags, and what Unicode promises never to assign.
                | '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}' | '\u{1d173}'..='\u{1d17a}'
            // Private use: nobody knows what a font shows.
                | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
}
