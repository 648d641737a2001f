use super::super::instructions::{Instructions, Set};
use super::*;
use crate::codec::jpeg::lanes::Portable;

/// Blocks whose coefficients have up to ten bits, more zeros from one to the next.
fn blocks() -> Vec<Block> {
    let mut seed = 5_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let mut blocks: Vec<Block> = vec![[0; 64], [1023; 64], [-1023; 64]];
    for n in 0..800 {
        let mut block = [0; 64];
        for coefficient in &mut block {
            if random(1 + n / 8) < 2 {
                let bits = 1 << (1 + random(11));
                *coefficient = i16::try_from(random(bits)).unwrap() - 1023 * i16::from(bits > 999);
            }
        }
        blocks.push(block.map(|coefficient| coefficient.clamp(-1023, 1023)));
    }
    // Runs of each length to each place.
    for n in 1..64 {
        let mut block = [0; 64];
        block[usize::from(PLACES[n])] = -1;
        blocks.push(block);
        block[63] = 1;
        blocks.push(block);
    }
    blocks
}

/// Blocks with the tables of colour pictures, then the same as one grey picture.
fn coded(mut coder: impl Coder) -> Vec<u8> {
    let (mut scan, mut before) = (Vec::new(), 0);
    for (n, block) in blocks().iter().enumerate() {
        before = coder.block(block, before, u8::from(n % 6 > 3));
        coder.drain(1, &mut scan);
    }
    for block in blocks() {
        before = coder.block(&block, before, 0);
        coder.drain(1, &mut scan);
    }
    coder.finish(&mut scan);
    scan
}

#[test]
fn coders_agree() {
    let expected = coded(Portable.coder());
    for instructions in Instructions::all() {
        let scan = match instructions {
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(set) => coded(set.coder()),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(set) => coded(set.coder()),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(set) => coded(set.coder()),
            Instructions::Portable => coded(Portable.coder()),
        };
        assert!(scan == expected, "{}", instructions.name());
    }
}
