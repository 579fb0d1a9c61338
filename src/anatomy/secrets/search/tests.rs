use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<&str> {
    ranges(text).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn named_values_are_found_where_they_are() {
    assert_eq!(found("ENV DEPLOY_TOKEN=abc A=b"), ["abc"]);
    assert_eq!(found("login --password=x1 && PASSWORD='a b' run"), ["x1", "a b"]);
    assert_eq!(found("mysql --password x1 --user y"), ["x1"]);
    assert_eq!(found("docker login --password-stdin registry.example"), [""; 0]);
    assert_eq!(found("app --token $TOKEN --secret -x"), [""; 0]);
    assert_eq!(found("don't TOKEN=abc"), ["abc"]);
    assert_eq!(found("TOKEN=\"a \\\" b\" make"), ["a \\\" b"]);
    assert!(found("apt-get install -y curl").is_empty());
}

#[test]
fn shapes_are_found_in_whatever_word_they_stand() {
    assert_eq!(found("curl https://user:pw@host/x"), ["https://user:pw@host/x"]);
    assert_eq!(found("DATABASE=postgres://user:pw@host/x"), ["postgres://user:pw@host/x"]);
}

#[test]
fn quotes_are_looked_into() {
    assert_eq!(found("sh -c \"A=b TOKEN=abc make\""), ["abc"]);
    assert_eq!(found("sh -c 'echo \"A=b TOKEN=abc x\" > y'"), ["abc"]);
    assert_eq!(found("it's A=b TOKEN=abc and that's all"), ["abc"]);
    assert_eq!(found(r#"CMD ["sh", "-c", "TOKEN=abc"]"#), ["abc"]);
    assert_eq!(found(r#"CMD ["app", "--password=abc", "x"]"#), ["abc"]);
    assert_eq!(found("-e \"TOKEN=correct horse\" run"), ["correct horse"]);
}

#[test]
fn words_of_lists_are_read_as_words() {
    assert_eq!(found(r#"["app", "--password", "abc", "--user", "x"]"#), ["abc"]);
    assert_eq!(found(r#"["--password", "correct horse"]"#), ["correct horse"]);
    assert_eq!(found(r#"CMD ["app", "--token", "abc,]"]"#), ["abc,]"]);
    assert_eq!(found(r#"["app", "--token", "$TOKEN"]"#), [""; 0]);
    assert_eq!(found(r#"["app", "--token", "--verbose"]"#), [""; 0]);
}

#[test]
fn private_keys_are_blocks() {
    let text = "cat <<EOF > key\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nEOF\nTOKEN=abc x";
    assert_eq!(found(text), ["-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "abc"]);
    assert_eq!(found("a -----BEGIN PRIVATE KEY-----\nMII"), ["-----BEGIN PRIVATE KEY-----\nMII"]);
    assert!(found("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----").is_empty());
}

#[test]
fn quotes_that_do_not_end_are_looked_for_once() {
    let mut quotes = Quotes { single: true, double: true };
    let text = "don't a\"b c";
    let words: Vec<_> = std::iter::successors(Word::at(text, 0..text.len(), &mut quotes), |word| {
        Word::at(text, word.range.end..text.len(), &mut quotes)
    })
    .map(|word| text[word.range].to_owned())
    .collect();
    assert_eq!(words, ["don't", "a\"b", "c"]);
    assert!(!quotes.single && !quotes.double);
}

#[test]
fn secrets_are_found_however_long_the_text_is() {
    let text = "make && ".repeat(20_000) + "TOKEN=abc";
    assert_eq!(found(&text), ["abc"]);
}

proptest! {
    #[test]
    fn ranges_are_in_order_and_between_characters(text in any::<String>()) {
        let mut end = 0;
        for range in ranges(&text) {
            prop_assert!(range.start >= end && text.get(range.clone()).is_some());
            end = range.end;
        }
    }

    #[test]
    fn words_with_quotes_end(text in "[a-zTOKEN=\"'\\\\ é-]{0,60}") {
        let mut end = 0;
        for range in ranges(&text) {
            prop_assert!(range.start >= end && text.get(range.clone()).is_some());
            end = range.end;
        }
    }
}
