//! Repetitions of what is in the output already.

/// Copies a repetition of any length and distance; up to 31 bytes after it may change. False when
/// there is no room for all of it: then there is as much as there is room for.
#[inline(never)]
pub(super) fn any(out: &mut [u8], to: usize, distance: usize, len: usize) -> bool {
    let end = to + len;
    if end + 32 > out.len() {
        return bytes(out, to, distance, len);
    }
    match distance {
        0..8 => pattern(out, to, distance, end),
        8..16 => words::<8>(out, to - distance, to, end),
        16..32 => words::<16>(out, to - distance, to, end),
        _ => words::<32>(out, to - distance, to, end),
    }
    true
}

/// Words of so many bytes, at most as many as the distance.
#[inline(always)]
fn words<const N: usize>(out: &mut [u8], mut from: usize, mut to: usize, end: usize) {
    while to < end && word::<N, N>(out, from, to) {
        from += N;
        to += N;
    }
}

/// Copies `ALL` bytes as words of `N`, one after the other. The places are at least `N` apart.
/// Whether there was room for them.
#[inline(always)]
pub(super) fn word<const N: usize, const ALL: usize>(
    out: &mut [u8],
    from: usize,
    to: usize,
) -> bool {
    // Its first bytes go to its last ones, so that one look at its length is enough.
    let Some(both) = out.get_mut(from..to + ALL) else { return false };
    for place in (0..ALL).step_by(N) {
        let word = both.first_chunk::<ALL>().and_then(|all| all[place..].first_chunk::<N>());
        let Some(word) = word.copied() else { return false };
        let Some(all) = both.last_chunk_mut::<ALL>() else { return false };
        all[place..place + N].copy_from_slice(&word);
    }
    true
}

/// Eight bytes at a time of which the first ones are repeated.
#[inline(always)]
fn pattern(out: &mut [u8], mut to: usize, distance: usize, end: usize) {
    let Some(head) = out.get(to - distance..).and_then(|out| out.first_chunk()) else { return };
    let head = u64::from_le_bytes(*head) & ((1 << (8 * distance)) - 1);
    let pattern = head.wrapping_mul(FACTORS[distance & 7]).to_le_bytes();
    let step = STEPS[distance & 7];
    while to < end
        && let Some(place) = out.get_mut(to..).and_then(|out| out.first_chunk_mut())
    {
        *place = pattern;
        to += step;
    }
}

#[cold]
#[inline(never)]
fn bytes(out: &mut [u8], to: usize, distance: usize, len: usize) -> bool {
    for place in to..(to + len).min(out.len()) {
        out[place] = out[place - distance];
    }
    to + len <= out.len()
}

/// Numbers that repeat as many bytes as their place says in eight bytes.
static FACTORS: [u64; 8] = {
    let mut factors = [0; 8];
    let mut distance = 1;
    while distance < 8 {
        let mut place = 0;
        while place < 8 {
            factors[distance] |= 1 << (8 * place);
            place += distance;
        }
        distance += 1;
    }
    factors
};

/// The whole number of repetitions of so many bytes in eight, in bytes.
static STEPS: [usize; 8] = [8, 8, 8, 6, 8, 5, 6, 7];
