//! Files that are wrong on purpose.

use std::fs;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::super::codestream::{Codestream, SOT};
use super::super::fuzz;
use super::super::parts::{EOC, Parts};
use super::corpus::{corpus, files, streams};
use crate::codec::Limits;

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn damage_is_answered_soon() {
    let Some(corpus) = corpus() else { return };
    let rounds = std::env::var("PYRAMIS_ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(6);
    let mut random = Random(std::env::var("PYRAMIS_SEED").map_or(1, |s| s.parse().unwrap()));
    let mut count = 0;
    for path in files(&corpus.join("jp2")) {
        let whole = fs::read(&path).unwrap();
        if whole.len() > 200_000 {
            continue;
        }
        for round in 0..rounds {
            let mut bytes = whole.clone();
            // Most of what can be forged is in the headers.
            let header = bytes.len().min(400);
            for _ in 0..=random.below(3) {
                let place = random.below(if round % 3 == 0 { bytes.len() } else { header });
                let with = [0, 0xff, 0x7f, 0x80, 1 << random.below(8)][random.below(5)];
                bytes[place] = if random.below(2) == 0 { with } else { bytes[place] ^ with };
            }
            if round % 4 == 0 {
                bytes.truncate(random.below(whole.len()));
            }
            if let Some(dump) = std::env::var_os("PYRAMIS_DUMP") {
                fs::write(dump, &bytes).unwrap();
            }
            let time = || {
                let start = Instant::now();
                fuzz(&bytes);
                start.elapsed()
            };
            // A machine that is busy otherwise gets a second chance.
            let limit = Duration::from_secs(2);
            let time = Some(time()).filter(|time| *time < limit).unwrap_or_else(time);
            assert!(time < Duration::from_secs(2), "{} round {round}: {time:?}", path.display());
            count += 1;
        }
    }
    eprintln!("{count} damaged files");
}

/// For a tile-part that says it has 4 GiB, `OpenJPEG` would take as much memory.
#[test]
fn lengths_of_tile_parts_are_those_of_their_bytes() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for (path, mut bytes) in streams(&corpus) {
        let marker = [SOT.to_be_bytes(), [0, 10]].concat();
        let place = bytes.windows(4).position(|bytes| bytes == marker).unwrap();
        bytes[place + 6..place + 10].copy_from_slice(&0xf000_0000_u32.to_be_bytes());
        let bytes = Bytes::from(bytes);
        let end = bytes.len() as u64;
        let Ok(stream) = Codestream::read(&bytes, 0, end, &Limits::default()) else { continue };
        let Ok(parts) = Parts::read(&bytes, &stream) else { continue };
        let mut handed = parts.whole(&bytes, &stream);
        let mut all = vec![0; usize::try_from(handed.len()).unwrap()];
        let mut filled = 0;
        while let Some(read) = handed.read(&mut all[filled..]) {
            filled += read;
        }
        assert_eq!(filled, all.len());
        let place = all.windows(4).position(|bytes| bytes == marker).unwrap();
        let length = u32::from_be_bytes(*all[place + 6..].first_chunk().unwrap()) as usize;
        assert_eq!(&all[place + length..], EOC.to_be_bytes(), "{}", path.display());
        count += 1;
    }
    assert!(count > 10, "{count} files");
}
