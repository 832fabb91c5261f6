//! Classifies a host by its name or address: public, on a private network, or this machine.
//!
//! Only the written form is examined here. The transport resolves public names, if it can.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The range of clients that can reach a host, widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Reachable from anywhere.
    Public,
    /// Reachable from one network.
    Private,
    /// Reachable from this machine only. Unusual notations count as this, too.
    ThisMachine,
}

/// Suffixes that are resolved within one network only.
const PRIVATE_SUFFIXES: [&str; 8] = [
    "local", "internal", "lan", "home", "corp", "intranet", "private", "arpa",
];

/// Classifies an address that a name was resolved to.
pub(super) fn reach_of_address(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_of_v4(v4),
        IpAddr::V6(v6) => reach_of_v6(v6),
    }
}

/// Classifies a host as written in a URL, without its port.
pub(super) fn reach_of(host: &str) -> Reach {
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    if let Some(v6) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return v6.parse().map_or(Reach::ThisMachine, reach_of_v6);
    }
    if let Ok(v4) = host.parse() {
        return reach_of_v4(v4);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // Browsers also read 127.1, 0x7f000001 and digits of other scripts as addresses; nobody writes these for a
    // legitimate reason.
    let is_numeric = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    if is_numeric || !host.is_ascii() || last == "localhost" {
        return Reach::ThisMachine;
    }
    if last == host || PRIVATE_SUFFIXES.contains(&last) {
        return Reach::Private;
    }
    Reach::Public
}

fn reach_of_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0 | 127, ..) => Reach::ThisMachine,
        // The last two are carrier networks and test networks. Addresses from 224 on are not hosts.
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (169, 254, _) => Reach::Private,
        (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _) | (224.., ..) => Reach::Private,
        _ => Reach::Public,
    }
}

fn reach_of_v6(address: Ipv6Addr) -> Reach {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        reach_of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c, d, e, f) {
        // An embedded IPv4 address: mapped, compatible, translated, 6to4.
        (0, 0, 0, 0, 0, 0 | 0xffff) | (0, 0, 0, 0, 0xffff, 0) => v4(g, h),
        (0x64, 0xff9b, ..) => v4(g, h),
        (0x2002, ..) => v4(b, c),
        (0xfc00..=0xfdff | 0xfe80..=0xfeff | 0xff00..=0xffff, ..) => Reach::Private,
        _ => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hosts: &str, reach: Reach) {
        for host in hosts.split_whitespace() {
            assert_eq!(reach_of(host), reach, "{host}");
        }
    }

    #[test]
    fn tells_public_hosts() {
        check(
            "r.example ghcr.io my_bucket.s3.amazonaws.com 8.8.8.8 172.32.0.1 [2606:4700::1] [::ffff:8.8.8.8]
             127.0.0.1.evil.example local.example 1e100.net xn--bcher-kva.example",
            Reach::Public,
        );
    }

    #[test]
    fn tells_private_networks() {
        check(
            "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.5 169.254.169.254 100.64.0.1 255.255.255.255 registry
             registry.local metadata.google.internal NAS.lan. [fd00::1] [fe80::1] [::ffff:10.0.0.1]
             [64:ff9b::10.0.0.1] [2002:c0a8:0101::1]",
            Reach::Private,
        );
    }

    #[test]
    fn tells_this_machine_however_it_is_written() {
        check(
            "localhost LOCALHOST. a.localhost 127.0.0.1 127.8.8.8 0.0.0.0 [::1] [::] [::ffff:127.0.0.1] 127.1
             2130706433 0x7f000001 0x7f.1 0177.0.0.1 [nonsense] １２７.0.0.1 ⓛocalhost",
            Reach::ThisMachine,
        );
    }
}
