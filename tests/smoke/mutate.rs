//! A small mutator: the operations of a fuzzer, without coverage feedback.

/// Numbers that formats often mishandle, as bytes in both orders and as tar's octal text.
const MAGIC: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
    b"77777777777\0",
    b"00000000777\0",
    b"18446744073709551615",
    b"9223372036854775808",
    b"-1",
    b"../",
];

/// Maximum size to which a mutation grows an input.
const MOST_BYTES: usize = 256 * 1024;

/// Marsaglia's xorshift with 64 bits of state.
struct Dice(u64);

impl Dice {
    /// Returns a number below `n`, or 0.
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize).checked_rem(n).unwrap_or(0)
    }

    /// Returns a range within `len` bytes, usually a short one.
    fn stretch(&mut self, len: usize) -> std::ops::Range<usize> {
        let start = self.below(len);
        let most = [4, 64, 1024, len][self.below(4)];
        start..start + self.below(most.min(len - start) + 1)
    }
}

/// Returns inputs made from the seeds, without end and the same in every run.
pub(crate) fn mutations(seeds: &[Vec<u8>]) -> impl Iterator<Item = Vec<u8>> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(move || {
        let mut input = seeds[dice.below(seeds.len())].clone();
        let other = &seeds[dice.below(seeds.len())];
        for _ in 0..=dice.below(4) {
            mutate(&mut input, other, &mut dice);
        }
        input
    })
}

fn mutate(input: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(input.len());
    let stretch = dice.stretch(input.len());
    match dice.below(9) {
        0 | 1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = dice.below(256) as u8;
            }
        }
        3 => {
            let magic = MAGIC[dice.below(MAGIC.len())];
            let end = input.len().min(at + magic.len());
            input.splice(at..end, magic.iter().copied());
        }
        4 => input.truncate(at),
        5 => drop(input.drain(stretch)),
        6 if input.len() * 2 < MOST_BYTES => {
            let again = input[stretch].to_vec();
            input.splice(at..at, again);
        }
        7 if input.len() + other.len() < MOST_BYTES => {
            let part = other[dice.stretch(other.len())].to_vec();
            input.splice(stretch, part);
        }
        // The same text in another place: two fields, names or blocks become equal.
        _ => {
            let part = input[stretch].to_vec();
            let end = input.len().min(at + part.len());
            input.splice(at..end, part);
        }
    }
}
