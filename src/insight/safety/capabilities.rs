//! Decodes the capabilities of a file: `security.capability`, as `linux/capability.h` lays it out.

use std::collections::BTreeMap;

/// The extended attribute that holds them.
pub(super) const ATTRIBUTE: &[u8] = b"security.capability";

/// The names of Linux's capabilities, by number.
pub static CAPABILITY_NAMES: [&str; 41] = [
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

const REVISION_1: u32 = 0x0100_0000;
const REVISION_2: u32 = 0x0200_0000;
const REVISION_3: u32 = 0x0300_0000;
const EFFECTIVE: u32 = 1;

/// Returns the capabilities as `getcap` words them, such as `cap_net_raw=ep`. `None` for a value that the kernel
/// refuses, and for one without capabilities.
pub(super) fn text(value: &[u8]) -> Option<String> {
    let (words, rest) = value.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    let (magic, sets) = words.split_first()?;
    let (low, high, root) = match (magic & !EFFECTIVE, sets) {
        (REVISION_1, [permitted, inheritable]) => ([permitted, inheritable], [&0, &0], None),
        (REVISION_2, [p_low, i_low, p_high, i_high]) => ([p_low, i_low], [p_high, i_high], None),
        (REVISION_3, [p_low, i_low, p_high, i_high, root]) => {
            ([p_low, i_low], [p_high, i_high], Some(*root))
        }
        _ => return None,
    };
    let [permitted, inheritable] =
        [0, 1].map(|at| joined(low.get(at).copied(), high.get(at).copied()));
    let is_effective = magic & EFFECTIVE != 0;
    let mut by_flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for bit in 0..64_u32 {
        let (is_permitted, is_inheritable) =
            ((permitted >> bit) & 1 == 1, (inheritable >> bit) & 1 == 1);
        if is_permitted || is_inheritable {
            let flags = [
                (is_effective, 'e'),
                (is_inheritable, 'i'),
                (is_permitted, 'p'),
            ];
            let flags = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| flag);
            let name = CAPABILITY_NAMES.get(bit as usize);
            let name = name.map_or_else(|| bit.to_string(), |name| (*name).to_owned());
            by_flags.entry(flags.collect()).or_default().push(name);
        }
    }
    let groups = by_flags.iter();
    let groups: Vec<String> = groups
        .map(|(flags, names)| format!("{}={flags}", names.join(",")))
        .collect();
    let root = root.filter(|root| *root != 0);
    let root = root.map_or_else(String::new, |root| format!(" [rootid={root}]"));
    (!groups.is_empty()).then(|| format!("{}{root}", groups.join(" ")))
}

fn joined(low: Option<&u32>, high: Option<&u32>) -> u64 {
    let word = |word: Option<&u32>| u64::from(word.copied().unwrap_or_default());
    word(low) | (word(high) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[u32], expected: Option<&str>) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(text(&bytes).as_deref(), expected, "{words:x?}");
    }

    /// The first value is that of Debian's `ping`, as `getfattr -n security.capability -e hex` shows it.
    #[test]
    fn capabilities_are_worded_as_getcap_words_them() {
        let ping = [
            1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(text(&ping).as_deref(), Some("cap_net_raw=ep"));
        check(
            &[0x0200_0000, 1 << 10, 0, 0, 0],
            Some("cap_net_bind_service=p"),
        );
        check(
            &[0x0200_0001, 0b11, 0b10, 1 << 7, 0],
            Some("cap_dac_override=eip cap_chown,cap_bpf=ep"),
        );
        check(&[0x0100_0001, 1 << 13, 0], Some("cap_net_raw=ep"));
        check(
            &[0x0300_0001, 1 << 13, 0, 0, 0, 1000],
            Some("cap_net_raw=ep [rootid=1000]"),
        );
        check(&[0x0200_0001, 0, 0, 1 << 31, 0], Some("63=ep"));
    }

    #[test]
    fn what_the_kernel_refuses_gives_nothing() {
        check(&[], None);
        check(&[0x0200_0001], None);
        check(&[0x0200_0001, 1, 0], None);
        check(&[0x0100_0001, 1, 0, 0, 0], None);
        check(&[0x0400_0001, 1, 0, 0, 0], None);
        check(&[0x0200_0001, 0, 0, 0, 0], None);
        assert_eq!(text(&[1, 0, 0, 2, 0]), None);
    }
}
