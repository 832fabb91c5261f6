//! Checks the names of signals that may stop a container.

/// The signals of Linux, without `SIG`. `RTMIN+n` and `RTMAX-n` are accepted in addition.
const NAMES: [&str; 35] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "UNUSED",
];

/// The highest signal number.
const LAST: u8 = 64;

/// True if a text names a signal: by number, or by name with or without `SIG`.
pub(super) fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<u8>() {
        return (1..=LAST).contains(&number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let in_range = |rest: &str, sign: char, most: u8| match rest.strip_prefix(sign) {
        Some(number) => number.parse().is_ok_and(|number: u8| number <= most),
        None => rest.is_empty(),
    };
    NAMES.contains(&name)
        || name
            .strip_prefix("RTMIN")
            .is_some_and(|rest| in_range(rest, '+', 15))
        || name
            .strip_prefix("RTMAX")
            .is_some_and(|rest| in_range(rest, '-', 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        for good in [
            "9",
            "64",
            "KILL",
            "SIGTERM",
            "sigquit",
            "SIGRTMIN+3",
            "RTMAX-14",
            "RTMIN",
        ] {
            assert!(is_signal(good), "{good}");
        }
        for bad in [
            "", "0", "65", "SIG", "SIGNONE", "RTMIN-1", "RTMAX-15", "-9", "SIGKILL ",
        ] {
            assert!(!is_signal(bad), "{bad}");
        }
    }
}
