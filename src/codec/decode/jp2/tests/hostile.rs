//! Files that are wrong on purpose.

use std::fs;
use std::time::{Duration, Instant};

use super::super::fuzz;
use super::corpus::{corpus, files};

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
