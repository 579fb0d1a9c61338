//! Archives made here, of everything that writers of tar have thought of.

use proptest::prelude::*;

/// One entry, as it is to be written.
#[derive(Debug, Clone)]
pub(super) struct Made {
    name: Vec<u8>,
    flag: u8,
    link: Vec<u8>,
    data: Vec<u8>,
    mode: u32,
    user: u64,
    modified: i64,
    form: Form,
}

/// How a name that does not fit, and what else has no room in a header, is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Header,
    Gnu,
    Pax,
}

/// A name component: letters, bytes that are no UTF-8, spaces, line ends.
fn component() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![8 => b'a'..=b'z', 1 => Just(b' '), 1 => Just(b'\n'), 1 => 0x80_u8..=0xff, 1 => Just(b'\\')];
    proptest::collection::vec(byte, 1..40)
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(component(), 1..7).prop_map(|components| components.join(&b'/'))
}

fn made() -> impl Strategy<Value = Made> {
    let flag =
        prop_oneof![4 => Just(b'0'), 1 => Just(0), 1 => Just(b'1'), 1 => Just(b'2'), 2 => Just(b'5'), 1 => Just(b'6')];
    let form = prop_oneof![Just(Form::Header), Just(Form::Gnu), Just(Form::Pax)];
    let numbers = (0_u32..0o7777, 0_u64..3_000_000, -1_000_i64..2_000_000_000);
    let data = proptest::collection::vec(any::<u8>(), 0..1_500);
    (name(), name(), flag, form, numbers, data).prop_map(
        |(mut name, mut link, flag, form, (mode, user, modified), data)| {
            if form == Form::Header {
                name.truncate(99);
                link.truncate(99);
            }
            while name.last() == Some(&b'/') {
                name.pop();
            }
            // What the header has of a long name may end with a slash. Python then takes the old flag for a directory's, though the
            // whole name is none; Go and GNU tar go by the whole name.
            let flag = if flag == 0 && name.get(99) == Some(&b'/') { b'0' } else { flag };
            let has_data = matches!(flag, b'0' | 0);
            let (data, link) = if has_data { (data, Vec::new()) } else { (Vec::new(), link) };
            let link = if matches!(flag, b'1' | b'2') { link } else { Vec::new() };
            Made {
                name,
                flag,
                link,
                data,
                mode,
                user,
                modified: if form == Form::Header { modified.abs() } else { modified },
                form,
            }
        },
    )
}

/// Whole archives.
pub(super) fn archive() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(made(), 0..12).prop_map(|entries| {
        let mut archive: Vec<u8> = entries.iter().flat_map(written).collect();
        archive.extend([0; 1_024]);
        archive
    })
}

fn written(made: &Made) -> Vec<u8> {
    let mut bytes = Vec::new();
    match made.form {
        Form::Header => {}
        Form::Gnu => {
            if made.name.len() > 100 {
                bytes.extend(special(b'L', b"././@LongLink", &[&made.name[..], b"\0"].concat(), Form::Gnu));
            }
            if made.link.len() > 100 {
                bytes.extend(special(b'K', b"././@LongLink", &[&made.link[..], b"\0"].concat(), Form::Gnu));
            }
        }
        Form::Pax => {
            let mut records = record("path", &made.name);
            if !made.link.is_empty() {
                records.extend(record("linkpath", &made.link));
            }
            records.extend(record("mtime", format!("{}.5", made.modified).as_bytes()));
            records.extend(record("uid", made.user.to_string().as_bytes()));
            records.extend(record("comment", b"\n13 path=evil\n"));
            bytes.extend(special(b'x', b"PaxHeaders/x", &records, Form::Pax));
        }
    }
    bytes.extend(header(made));
    bytes.extend(padded(&made.data));
    bytes
}

fn special(flag: u8, name: &[u8], data: &[u8], form: Form) -> Vec<u8> {
    let (name, data) = (name.to_vec(), data.to_vec());
    let head =
        header(&Made { name, flag, link: Vec::new(), data: data.clone(), mode: 0o644, user: 0, modified: 0, form });
    [head, padded(&data)].concat()
}

fn padded(data: &[u8]) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.resize(data.len().next_multiple_of(512), 0);
    padded
}

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let body = key.len() + value.len() + 3;
    let mut length = body + 1;
    while length != body + length.to_string().len() {
        length += 1;
    }
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

fn header(made: &Made) -> Vec<u8> {
    let mut block = [0_u8; 512];
    let mut put = |at: usize, value: &[u8]| block[at..at + value.len()].copy_from_slice(value);
    put(0, &made.name[..made.name.len().min(100)]);
    put(100, format!("{:07o}\0", made.mode).as_bytes());
    let user = if made.user < 1 << 21 { made.user } else { 0 };
    if made.form == Form::Gnu {
        put(108, &[&[0x80][..], &made.user.to_be_bytes()[1..]].concat());
        put(136, &[&made.modified.signum().min(0).to_be_bytes()[..4], &made.modified.to_be_bytes()].concat());
        if made.modified >= 0 {
            put(136, &[0x80]);
        }
    } else {
        put(108, format!("{user:07o}\0").as_bytes());
        put(136, format!("{:011o}\0", made.modified.max(0)).as_bytes());
    }
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", made.data.len()).as_bytes());
    put(148, b"        ");
    put(156, &[made.flag]);
    put(157, &made.link[..made.link.len().min(100)]);
    put(257, if made.form == Form::Gnu { b"ustar  \0" } else { b"ustar\x0000" });
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.to_vec()
}
