//! What a file may do beyond its user: Linux keeps it in the extended attribute `security.capability`.

use std::fmt;

/// The attribute's name.
pub const CAPABILITY_ATTRIBUTE: &[u8] = b"security.capability";

/// Names by number (`linux/capability.h`).
const NAMES: [&str; 41] = [
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
];

/// `VFS_CAP_REVISION_MASK`.
const REVISION: u32 = 0xff00_0000;
/// `VFS_CAP_FLAGS_EFFECTIVE`.
const EFFECTIVE: u32 = 1;

/// Capabilities of a file (`struct vfs_cap_data` and `vfs_ns_cap_data` of `linux/capability.h`). Printed as `getcap` does, in the
/// form of `cap_to_text(3)`: `cap_net_bind_service=ep`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileCapabilities {
    permitted: u64,
    inheritable: u64,
    /// One bit for all of them: a program has them from its start.
    is_effective: bool,
    /// Of which user namespace they are: the user that is root in it. None before revision 3.
    root: Option<u32>,
}

impl FileCapabilities {
    /// Reads the attribute's value. None where its length is not that of its revision, or where the revision is unknown.
    pub fn parse(value: &[u8]) -> Option<FileCapabilities> {
        let (words, rest) = value.as_chunks::<4>();
        if !rest.is_empty() {
            return None;
        }
        let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let magic = *words.first()?;
        let (permitted, inheritable, root) = match (magic & REVISION, words.get(1..)?) {
            (0x0100_0000, &[permitted, inheritable]) => ([permitted, 0], [inheritable, 0], None),
            (0x0200_0000, &[permitted, inheritable, permitted_high, inheritable_high]) => {
                ([permitted, permitted_high], [inheritable, inheritable_high], None)
            }
            (0x0300_0000, &[permitted, inheritable, permitted_high, inheritable_high, root]) => {
                ([permitted, permitted_high], [inheritable, inheritable_high], Some(root))
            }
            _ => return None,
        };
        let set = |[low, high]: [u32; 2]| u64::from(low) | (u64::from(high) << 32);
        Some(FileCapabilities {
            permitted: set(permitted),
            inheritable: set(inheritable),
            is_effective: magic & EFFECTIVE != 0,
            root,
        })
    }

    /// In which sets a capability is: `e`ffective, `i`nheritable, `p`ermitted. None where it is in none.
    fn flags(self, number: usize) -> Option<&'static str> {
        let is_in = |set: u64| (set >> number) & 1 == 1;
        match (self.is_effective, is_in(self.inheritable), is_in(self.permitted)) {
            (_, false, false) => None,
            (true, true, true) => Some("eip"),
            (true, true, false) => Some("ei"),
            (true, false, true) => Some("ep"),
            (false, true, true) => Some("ip"),
            (false, true, false) => Some("i"),
            (false, false, true) => Some("p"),
        }
    }
}

impl fmt::Display for FileCapabilities {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One clause for all capabilities in the same sets, in the order of their first ones.
        let mut clauses: Vec<(&str, Vec<usize>)> = Vec::new();
        for number in 0..64 {
            let Some(flags) = self.flags(number) else { continue };
            match clauses.iter_mut().find(|(known, _)| *known == flags) {
                Some((_, numbers)) => numbers.push(number),
                None => clauses.push((flags, vec![number])),
            }
        }
        if clauses.is_empty() {
            formatter.write_str("=")?;
        }
        for (position, (flags, numbers)) in clauses.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            // Without a name it means all that there are.
            let has_all = numbers.iter().copied().eq(0..NAMES.len());
            let names: Vec<String> = numbers.iter().filter(|_| !has_all).map(|number| name(*number)).collect();
            write!(formatter, "{space}{}={flags}", names.join(","))?;
        }
        match self.root {
            Some(root) if root != 0 => write!(formatter, " [rootid={root}]"),
            _ => Ok(()),
        }
    }
}

/// A capability's name; its number where it has none yet.
fn name(number: usize) -> String {
    NAMES.get(number).map_or_else(|| number.to_string(), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Option<String> {
        let bytes: Vec<u8> =
            (0..value.len()).step_by(2).map(|at| u8::from_str_radix(&value[at..at + 2], 16).unwrap()).collect();
        FileCapabilities::parse(&bytes).map(|capabilities| capabilities.to_string())
    }

    #[test]
    fn values_are_texts_as_getcap_writes_them() {
        for (value, expected) in [
            // Revision 1 has 32 bits, revision 2 has 64, revision 3 a user besides.
            ("010000010004000000000000", "cap_net_bind_service=ep"),
            ("0100000200200000000000000000000000000000", "cap_net_raw=ep"),
            ("0100000200240000000000000000000000000000", "cap_net_bind_service,cap_net_raw=ep"),
            ("010000030020000000000000000000000000000000000000", "cap_net_raw=ep"),
            ("0100000300200000000000000000000000000000e8030000", "cap_net_raw=ep [rootid=1000]"),
            ("0000000200200000000000000000000000000000", "cap_net_raw=p"),
            ("0000000200200000002000000000000000000000", "cap_net_raw=ip"),
            ("0100000200200000002000000000000000000000", "cap_net_raw=eip"),
            ("0000000200000000002000000000000000000000", "cap_net_raw=i"),
            ("0100000201000000022000000000000000000000", "cap_chown=ep cap_dac_override,cap_net_raw=ei"),
            ("0100000200000000000000008001000000000000", "cap_bpf,cap_checkpoint_restore=ep"),
            ("0100000200000000000000000000008000000000", "63=ep"),
            ("01000002ffffffff00000000ff01000000000000", "=ep"),
            ("0000000200000000000000000000000000000000", "="),
        ] {
            assert_eq!(text(value).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn other_values_are_none() {
        for value in [
            "",
            "01000002",
            // A byte too few, and a word too many.
            "01000002002000000000000000000000000000",
            "010000020020000000000000000000000000000000000000",
            // Revision 3 without its user, revision 2 as long as revision 1, revisions that there are not.
            "0100000300200000000000000000000000000000",
            "010000020020000000000000",
            "0100000400200000000000000000000000000000",
            "0100000000200000000000000000000000000000",
        ] {
            assert_eq!(text(value), None, "{value}");
        }
    }
}
