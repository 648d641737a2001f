//! Writes tiled pyramid TIFFs from a formula: TIFF 6.0, little-endian, without compression.

/// Full size of the usual picture; the size of the pyramid's levels is rounded down.
pub(crate) const SIZE: (u32, u32) = (1000, 700);

/// Levels of the usual picture.
pub(crate) const LEVELS: u32 = 3;

/// Width and height of a tile.
pub(crate) const TILE: u32 = 256;

/// A pixel of the usual picture: red and green are the place in full-size pixels, blue is the
/// level, so that every wrong tile, offset or level shows.
pub(crate) fn pixel(level: u32, x: u32, y: u32) -> [u8; 3] {
    [fold(x << level), fold(y << level), 100 + 40 * u8::try_from(level).unwrap()]
}

/// Up and down between 0 and 255, one per step: smooth enough for JPEG.
pub(crate) fn fold(value: u32) -> u8 {
    let value = value % 510;
    u8::try_from(if value > 255 { 510 - value } else { value }).unwrap()
}

/// Size of a level, rounded down.
pub(crate) fn level_size(level: u32) -> (u32, u32) {
    (SIZE.0 >> level, SIZE.1 >> level)
}

/// The usual picture: RGB, 1000 x 700, three levels, tiles of 256 x 256.
pub(crate) fn usual() -> Vec<u8> {
    pyramid(SIZE, LEVELS, (TILE, TILE), pixel)
}

/// A picture of one colour everywhere, 600 x 400, two levels.
pub(crate) fn plain(color: [u8; 3]) -> Vec<u8> {
    pyramid((600, 400), 2, (TILE, TILE), |_, _, _| color)
}

/// A pyramid by its formula, which gets level, x and y; with one or three channels.
pub(crate) fn pyramid<const N: usize>(
    size: (u32, u32),
    levels: u32,
    tile: (u32, u32),
    pixel: impl Fn(u32, u32, u32) -> [u8; N],
) -> Vec<u8> {
    let mut file = File::new();
    for level in 0..levels {
        let (width, height) = (size.0 >> level, size.1 >> level);
        let mut tiles = Vec::new();
        for top in (0..height).step_by(tile.1 as usize) {
            for left in (0..width).step_by(tile.0 as usize) {
                let mut bytes = Vec::new();
                for y in top..top + tile.1 {
                    for x in left..left + tile.0 {
                        let inside = x < width && y < height;
                        bytes.extend(if inside { pixel(level, x, y) } else { [7; N] });
                    }
                }
                tiles.push(file.data(&bytes));
            }
        }
        file.page((width, height), tile, N, level > 0, &tiles);
    }
    file.bytes
}

/// A grey picture of any size whose tiles are all one and the same, so that the file is small.
pub(crate) fn vast(size: (u32, u32), gray: u8) -> Vec<u8> {
    let mut file = File::new();
    let place = file.data(&vec![gray; (TILE * TILE) as usize]);
    let count = size.0.div_ceil(TILE) * size.1.div_ceil(TILE);
    file.page(size, (TILE, TILE), 1, false, &vec![place; count as usize]);
    file.bytes
}

struct File {
    bytes: Vec<u8>,
    /// Where the place of the next directory is written.
    link: usize,
}

impl File {
    fn new() -> Self {
        Self { bytes: b"II*\0\0\0\0\0".to_vec(), link: 4 }
    }

    /// Appends bytes; returns their place and length.
    fn data(&mut self, bytes: &[u8]) -> (u32, u32) {
        let place = u32::try_from(self.bytes.len()).unwrap();
        self.bytes.extend_from_slice(bytes);
        (place, u32::try_from(bytes.len()).unwrap())
    }

    fn page(
        &mut self,
        (width, height): (u32, u32),
        tile: (u32, u32),
        channels: usize,
        reduced: bool,
        tiles: &[(u32, u32)],
    ) {
        let samples = u32::try_from(channels).unwrap();
        let places: Vec<u32> = tiles.iter().map(|tile| tile.0).collect();
        let lengths: Vec<u32> = tiles.iter().map(|tile| tile.1).collect();
        let photometric = if channels == 1 { 1 } else { 2 };
        let fields: [(u16, &[u32]); 12] = [
            (254, &[u32::from(reduced)]),
            (256, &[width]),
            (257, &[height]),
            (258, &vec![8; channels]),
            (259, &[1]),
            (262, &[photometric]),
            (277, &[samples]),
            (284, &[1]),
            (322, &[tile.0]),
            (323, &[tile.1]),
            (324, &places),
            (325, &lengths),
        ];
        let mut entries = Vec::new();
        for (tag, values) in fields {
            let long = |value: &u32| value.to_le_bytes();
            let value = if let [value] = values {
                long(value)
            } else {
                let bytes: Vec<u8> = values.iter().flat_map(long).collect();
                long(&self.data(&bytes).0)
            };
            entries.extend(tag.to_le_bytes());
            entries.extend(4_u16.to_le_bytes());
            entries.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
            entries.extend(value);
        }
        let place = u32::try_from(self.bytes.len()).unwrap();
        self.bytes[self.link..self.link + 4].copy_from_slice(&place.to_le_bytes());
        self.bytes.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
        self.bytes.extend(entries);
        self.link = self.bytes.len();
        self.bytes.extend([0; 4]);
    }
}
