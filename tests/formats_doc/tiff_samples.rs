//! TIFF: kinds of samples, and what they mean.

use super::tiff::Page;
use super::{Table, answer};

pub(crate) fn tables() -> Vec<Table> {
    vec![samples(), photometrics(), colors(), extra_samples(), subsamplings()]
}

const FORMATS: [(u64, &str); 7] = [
    (1, "unsigned integer"),
    (2, "signed integer"),
    (3, "float"),
    (4, "undefined"),
    (5, "complex integer"),
    (6, "complex float"),
    (99, "any other"),
];

/// A tile of zeros for pixels of so many bits.
fn zeros(samples: u64, bits: u64) -> Vec<u8> {
    vec![0; usize::try_from(16 * (16 * samples * bits).div_ceil(8)).unwrap()]
}

/// A page of zeros with all that its colour model needs.
fn page(photometric: u64, samples: u64, bits: u64) -> Page {
    let page = Page::new(photometric, samples, bits, zeros(samples, bits));
    match photometric {
        3 if bits <= 16 => page.with(320, &vec![0x4142; 3 << bits]),
        6 => page.with(530, &[1, 1]),
        _ => page,
    }
}

fn samples() -> Table {
    let mut rows = Vec::new();
    for (code, name) in FORMATS {
        let cells = (0..=65).map(|bits| {
            let file = page(1, 1, bits).with(339, &[code]).file();
            (bits, answer::of(file))
        });
        for (bits, answer) in answer::grouped(cells) {
            rows.push(vec![code.to_string(), name.into(), bits, answer]);
        }
    }
    Table {
        heading: "Samples",
        columns: &["SampleFormat", "name", "bits", "answer for grey"],
        rows,
    }
}

/// Codes with a name, and their samples.
const PHOTOMETRICS: [(u64, &str, u64); 16] = [
    (0, "0 is white", 1),
    (1, "0 is black", 1),
    (2, "RGB", 3),
    (3, "palette", 1),
    (4, "transparency mask", 1),
    (5, "separated (CMYK)", 4),
    (6, "YCbCr", 3),
    (8, "CIELab", 3),
    (9, "ICCLab", 3),
    (10, "ITULab", 3),
    (32803, "colour filter array", 1),
    (32844, "LogL", 1),
    (32845, "LogLuv", 3),
    (34892, "linear raw", 3),
    (51177, "depth", 1),
    (52527, "semantic mask", 1),
];

/// One stored pixel and what must be shown of it.
const EXAMPLES: [(u64, &[u8], &[u8], u8); 9] = [
    (0, &[10], &[245], 0),
    (1, &[10], &[10], 0),
    (2, &[10, 20, 30], &[10, 20, 30], 0),
    (3, &[1], &[0x41, 0x41, 0x41], 0),
    (5, &[0, 255, 0, 0], &[255, 0, 255], 0),
    // ITU-R BT.601: 76 + 1.402 (255 - 128) and so on is red.
    (6, &[76, 85, 255], &[254, 0, 0], 1),
    // CIE 15: L* = 53.2, a* = 80.1, b* = 67.2 is the red of sRGB.
    (8, &[136, 80, 67], &[255, 0, 0], 3),
    (9, &[136, 208, 195], &[255, 0, 0], 3),
    (8, &[255, 0, 0], &[255, 255, 255], 0),
];

fn photometrics() -> Table {
    let mut rows = Vec::new();
    for (code, name, samples) in PHOTOMETRICS {
        let answer = answer::of(page(code, samples, 8).file());
        let mut shown = Vec::new();
        for (_, stored, pixel, apart) in EXAMPLES.iter().filter(|example| example.0 == code) {
            let chunk = stored.repeat(256);
            let file = page(code, samples, 8).chunks(vec![chunk]).file();
            answer::with_pixels(name, file, &pixel.repeat(256), *apart);
            shown.push(format!("{} is shown as {}", list(stored), list(pixel)));
        }
        if !answer::is_picture(&answer) {
            shown.clear();
        }
        rows.push(vec![
            code.to_string(),
            name.into(),
            samples.to_string(),
            shown.join("; "),
            answer,
        ]);
    }
    let others = (0..=65535_u64).filter(|code| PHOTOMETRICS.iter().all(|named| named.0 != *code));
    let mut answers: Vec<String> = others
        .map(|code| {
            let answer = answer::of(page(code, 1, 8).file());
            answer::replace_number(&answer, code).replace('\u{1}', "N")
        })
        .collect();
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?} differ: give the codes names");
    rows.push(vec![
        "any other".into(),
        String::new(),
        "1".into(),
        String::new(),
        answers.remove(0),
    ]);
    Table {
        heading: "PhotometricInterpretation",
        columns: &["code", "name", "samples", "example", "answer for 8 bits"],
        rows,
    }
}

fn list(values: &[u8]) -> String {
    values.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

fn colors() -> Table {
    let mut rows = Vec::new();
    for (code, name, samples) in PHOTOMETRICS.into_iter().filter(|named| named.0 != 1) {
        if !answer::is_picture(&answer::of(page(code, samples, 8).file())) {
            continue;
        }
        for (format, kind) in FORMATS.into_iter().take(3) {
            let cells = (1..=64).map(|bits| {
                let file = page(code, samples, bits).with(339, &[format]).file();
                (bits, answer::of(file))
            });
            for (bits, answer) in answer::grouped(cells) {
                rows.push(vec![code.to_string(), name.into(), format!("{kind}, {bits}"), answer]);
            }
        }
    }
    Table {
        heading: "Colours of other depths",
        columns: &["PhotometricInterpretation", "name", "samples of so many bits", "answer"],
        rows,
    }
}

fn extra_samples() -> Table {
    let cases: [(u64, u64, &[u64]); 16] = [
        (1, 1, &[]),
        (1, 2, &[]),
        (1, 2, &[0]),
        (1, 2, &[1]),
        (1, 2, &[2]),
        (1, 3, &[0, 0]),
        (1, 160, &[]),
        (2, 4, &[]),
        (2, 4, &[0]),
        (2, 4, &[1]),
        (2, 4, &[2]),
        (2, 5, &[2, 0]),
        (2, 6, &[0, 0, 0]),
        (3, 2, &[2]),
        (5, 5, &[2]),
        (8, 4, &[2]),
    ];
    let row = |(photometric, samples, extra): (u64, u64, &[u64])| {
        let file = page(photometric, samples, 8).with(338, extra).file();
        let extra: Vec<_> = extra.iter().map(u64::to_string).collect();
        let extra = if extra.is_empty() { "none".into() } else { extra.join(", ") };
        vec![photometric.to_string(), samples.to_string(), extra, answer::of(file)]
    };
    Table {
        heading: "ExtraSamples",
        columns: &["PhotometricInterpretation", "samples", "ExtraSamples", "answer"],
        rows: cases.into_iter().map(row).collect(),
    }
}

fn subsamplings() -> Table {
    let mut rows = Vec::new();
    for across in [1, 2, 4] {
        for down in [1, 2, 4] {
            let blocks = (16 / across) * (16 / down);
            let chunk = vec![128; usize::try_from(blocks * (across * down + 2)).unwrap()];
            let page = Page::new(6, 3, 8, chunk).with(530, &[across, down]);
            let name = format!("{across}, {down}");
            let answer = answer::with_pixels(&name, page.file(), &[128; 768], 1);
            rows.push(vec![name, answer]);
        }
    }
    let odd = Page::new(6, 3, 8, vec![128; 768]).with(530, &[3, 1]);
    rows.push(vec!["3, 1".into(), answer::of(odd.file())]);
    let heading = "YCbCrSubSampling without JPEG";
    Table { heading, columns: &["across, down", "answer"], rows }
}
