//! TIFF: compressions, predictors and the arrangement of the file.

use libdeflater::{CompressionLvl, Compressor};
use pyramis::codec::Container;

use super::tiff::{Page, bilevel, color, gray};
use super::{Table, answer, stored};

pub(crate) fn tables() -> Vec<Table> {
    vec![compressions(), predictors(), layouts(), orientations()]
}

/// A page whose tile is stored like this; the picture it holds and how exactly.
fn compressed(code: u64) -> (Page, Vec<u8>, u8) {
    let stored = |hex, page: Page, pixels, apart| {
        (page.chunks(vec![stored::bytes(hex)]).with(259, &[code]), pixels, apart)
    };
    let one_bit = || Page::new(1, 1, 1, Vec::new());
    let rgb = || Page::new(2, 3, 8, Vec::new());
    match code {
        2 => stored(stored::FAX_RLE, one_bit(), bilevel(), 0),
        3 => stored(stored::FAX_3, one_bit(), bilevel(), 0),
        4 => stored(stored::FAX_4, one_bit(), bilevel(), 0),
        5 => stored(stored::LZW, Page::gray(), gray(), 0),
        7 => stored(stored::JPEG, Page::gray(), gray(), 3),
        8 | 32946 => stored(stored::DEFLATE, Page::gray(), gray(), 0),
        32773 => stored(stored::PACK_BITS, Page::gray(), gray(), 0),
        32771 => {
            // Rows of three bytes, each filled up to a word.
            let rows = stored::bytes(stored::FAX_RLE);
            let words = rows.chunks(3).flat_map(|row| [row, &[0]].concat()).collect();
            (one_bit().with(259, &[code]).chunks(vec![words]), bilevel(), 0)
        }
        33003..=33005 | 34712 => stored(stored::JPEG_2000, Page::gray(), gray(), 0),
        34887 => stored(stored::LERC, Page::gray().with(50674, &[4, 0]), gray(), 0),
        34925 => stored(stored::LZMA, Page::gray(), gray(), 0),
        50000 => stored(stored::ZSTD, Page::gray(), gray(), 0),
        50001 => stored(stored::WEBP, rgb(), color(), 0),
        50002 | 52546 => stored(stored::JPEG_XL, Page::gray(), gray(), 0),
        _ => (Page::gray().with(259, &[code]), gray(), 0),
    }
}

/// Codes that have a name somewhere.
const COMPRESSIONS: [(u64, &str); 36] = [
    (1, "none"),
    (2, "CCITT modified Huffman"),
    (3, "CCITT group 3"),
    (4, "CCITT group 4"),
    (5, "LZW"),
    (6, "JPEG, old-style"),
    (7, "JPEG"),
    (8, "Deflate"),
    (9, "JBIG, T.85"),
    (10, "JBIG, T.43"),
    (32766, "NeXT"),
    (32771, "CCITT, word-aligned"),
    (32773, "PackBits"),
    (32809, "ThunderScan"),
    (32895, "prepress, CT with padding"),
    (32896, "prepress, line work"),
    (32897, "prepress, monochrome"),
    (32898, "prepress, binary line work"),
    (32908, "Pixar, 10 bits"),
    (32909, "Pixar, 11 bits"),
    (32946, "Deflate, older code"),
    (32947, "Kodak DCS"),
    (33003, "JPEG 2000 of Aperio, YCbCr"),
    (33004, "JPEG 2000 of libvips, YCbCr"),
    (33005, "JPEG 2000 of Aperio, RGB"),
    (34661, "JBIG"),
    (34676, "SGI log"),
    (34677, "SGI log, 24 bits"),
    (34712, "JPEG 2000"),
    (34887, "LERC"),
    (34892, "JPEG of DNG, lossy"),
    (34925, "LZMA"),
    (50000, "Zstandard"),
    (50001, "WebP"),
    (50002, "JPEG XL"),
    (52546, "JPEG XL of DNG"),
];

fn compressions() -> Table {
    let mut rows = Vec::new();
    for (code, name) in COMPRESSIONS {
        let (page, pixels, apart) = compressed(code);
        let answer = answer::with_pixels(name, page.file(), &pixels, apart);
        rows.push(vec![code.to_string(), name.into(), answer]);
    }
    for (parameter, name, hex) in [
        (1, "LERC with Deflate", stored::LERC_DEFLATE),
        (2, "LERC with Zstandard", stored::LERC_ZSTD),
    ] {
        let page = Page::gray().with(259, &[34887]).with(50674, &[4, parameter]);
        let file = page.chunks(vec![stored::bytes(hex)]).file();
        let answer = answer::with_pixels(name, file, &gray(), 0);
        rows.push(vec!["34887".into(), name.into(), answer]);
    }
    let others = (0..=65535).filter(|code| COMPRESSIONS.iter().all(|named| named.0 != *code));
    let others = others.map(|code| (code, answer::of(Page::gray().with(259, &[code]).file())));
    rows.push(vec!["any other".into(), String::new(), only_answer(others)]);
    Table { heading: "Compression", columns: &["code", "compression", "answer"], rows }
}

/// The one answer to all these numbers, with N for each.
fn only_answer(cells: impl Iterator<Item = (u64, String)>) -> String {
    let mut answers: Vec<(u64, String)> = Vec::new();
    for (number, answer) in cells {
        let answer = answer::replace_number(&answer, number).replace('\u{1}', "N");
        if answers.iter().all(|known| known.1 != answer) {
            answers.push((number, answer));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?} differ: give the codes names");
    answers.swap_remove(0).1
}

/// A grey page of zeros in a Deflate stream.
fn deflated(bits: u64) -> Page {
    let chunk = vec![0; 32 * usize::try_from(bits).unwrap()];
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut stream = vec![0; compressor.zlib_compress_bound(chunk.len())];
    let length = compressor.zlib_compress(&chunk, &mut stream).unwrap();
    stream.truncate(length);
    Page::new(1, 1, bits, stream).with(259, &[8])
}

fn predictors() -> Table {
    let mut rows = Vec::new();
    for (format, name) in [(1, "unsigned integer"), (3, "float")] {
        let depths: &[u64] = if format == 1 { &[8, 16, 32, 64] } else { &[16, 24, 32, 64] };
        for predictor in 1..=3 {
            for bits in depths {
                let page = deflated(*bits);
                let page = page.with(317, &[predictor]).with(339, &[format]);
                let answer = answer::of(page.file());
                rows.push(vec![predictor.to_string(), format!("{name}, {bits} bits"), answer]);
            }
        }
    }
    let others = (4..=65535).map(|code| (code, answer::of(deflated(8).with(317, &[code]).file())));
    rows.push(vec!["any other".into(), "any".into(), only_answer(others)]);
    Table { heading: "Predictor", columns: &["code", "samples", "answer"], rows }
}

fn layouts() -> Table {
    let split = |rows: usize| gray().chunks(16 * rows).map(<[u8]>::to_vec).collect();
    let planes = || {
        let plane = |c: usize| color().into_iter().skip(c).step_by(3).collect::<Vec<u8>>();
        vec![plane(0), plane(1), plane(2)]
    };
    let rgb = Page::new(2, 3, 8, color());
    let reversed = gray().iter().map(|byte| byte.reverse_bits()).collect();
    let cases: Vec<(&str, Page, Vec<u8>)> = vec![
        ("tiles", Page::gray(), gray()),
        ("one strip", Page::gray().striped(16), gray()),
        ("strips of 5 rows", Page::gray().striped(5).chunks(split(5)), gray()),
        ("one strip, RowsPerStrip of no bound", Page::gray().striped(0xffff_ffff), gray()),
        ("a strip without RowsPerStrip", Page::gray().striped(16).with(278, &[]), gray()),
        ("big-endian", Page { big_endian: true, ..Page::gray() }, gray()),
        ("BigTIFF", Page { big: true, ..Page::gray() }, gray()),
        ("BigTIFF, big-endian", Page { big: true, big_endian: true, ..Page::gray() }, gray()),
        ("tiles of separate planes", rgb.clone().with(284, &[2]).chunks(planes()), color()),
        (
            "strips of separate planes",
            rgb.clone().striped(16).with(284, &[2]).chunks(planes()),
            color(),
        ),
        ("FillOrder 2", Page::gray().with(266, &[2]).chunks(vec![reversed]), gray()),
        ("a tile that is left out", Page::gray().chunks(vec![Vec::new()]), Vec::new()),
        ("PlanarConfiguration 3", rgb.with(284, &[3]), color()),
        ("no BitsPerSample, 8 bits a sample", Page::gray().with(258, &[]), gray()),
        ("no PhotometricInterpretation", Page::gray().with(262, &[]), gray()),
        ("no SamplesPerPixel", Page::gray().with(277, &[]), gray()),
        ("no Compression", Page::gray().with(259, &[]), gray()),
    ];
    let row = |(name, page, pixels): (&str, Page, Vec<u8>)| {
        let answer = if pixels.is_empty() {
            answer::of(page.file())
        } else if name.contains("no BitsPerSample") {
            // The default of the standard is one bit.
            answer::of(page.file())
        } else {
            answer::with_pixels(name, page.file(), &pixels, 0)
        };
        vec![name.to_owned(), answer]
    };
    let rows = cases.into_iter().map(row).collect();
    Table { heading: "Layout", columns: &["file", "answer"], rows }
}

fn orientations() -> Table {
    let cells = (0..=9).map(|code| {
        let file = Page::gray().with(274, &[code]).file();
        let options = pyramis::codec::OpenOptions::default();
        let data = std::sync::Arc::new(bytes::Bytes::from(file));
        let decoder = pyramis::codec::decode::tiff::Tiff.open(data, &options).unwrap();
        vec![code.to_string(), format!("{:?}", decoder.arrangement().orientation)]
    });
    Table {
        heading: "Orientation",
        columns: &["code", "first row and column"],
        rows: cells.collect(),
    }
}
