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

/// An image of a stack: one colour everywhere, 600 x 400, in two levels.
pub(crate) struct Member {
    pub(crate) color: [u8; 3],
    pub(crate) name: Option<&'static str>,
    pub(crate) scale: Option<f64>,
}

/// A stack of images: each is a page (`NewSubfileType` 2) with its smaller level as a SubIFD.
pub(crate) fn stack(members: &[Member]) -> Vec<u8> {
    let mut file = File::new();
    for member in members {
        let tile = file.data(&member.color.repeat((TILE * TILE) as usize));
        let level = |width: u32, height: u32| {
            vec![tile; (width.div_ceil(TILE) * height.div_ceil(TILE)) as usize]
        };
        let tile = (TILE, TILE);
        let small = file.directory((300, 200), tile, 3, &level(300, 200), &[(254, LONG, vec![1])]);
        let mut more = vec![(254, LONG, vec![2]), (330, LONG, vec![small])];
        if let Some(name) = member.name {
            let text = name.bytes().chain([0]).map(u32::from).collect();
            more.push((269, ASCII, text));
        }
        if let Some(scale) = member.scale {
            let bits = scale.to_bits();
            let halves = [bits, bits >> 32].map(|half| u32::try_from(half & 0xffff_ffff).unwrap());
            more.push((37439, DOUBLE, halves.to_vec()));
        }
        let place = file.directory((600, 400), tile, 3, &level(600, 400), &more);
        file.link(place);
    }
    file.bytes
}

/// Pages of a document: one colour everywhere, 600 x 400, each page one directory of the chain
/// without any mark.
pub(crate) fn pages(colors: &[[u8; 3]]) -> Vec<u8> {
    let mut file = File::new();
    for color in colors {
        let tile = file.data(&color.repeat((TILE * TILE) as usize));
        let place = file.directory((600, 400), (TILE, TILE), 3, &[tile; 6], &[]);
        file.link(place);
    }
    file.bytes
}

/// Types of fields.
const ASCII: u16 = 2;
const LONG: u16 = 4;
const DOUBLE: u16 = 12;

/// Tag, type and values of a field; a double is its low and its high half.
type Field = (u16, u16, Vec<u32>);

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
        size: (u32, u32),
        tile: (u32, u32),
        channels: usize,
        reduced: bool,
        tiles: &[(u32, u32)],
    ) {
        let kind = (254, LONG, vec![u32::from(reduced)]);
        let place = self.directory(size, tile, channels, tiles, &[kind]);
        self.link(place);
    }

    /// Makes the directory at this place the next one of the main chain.
    fn link(&mut self, place: u32) {
        self.bytes[self.link..self.link + 4].copy_from_slice(&place.to_le_bytes());
        let start = place as usize;
        let count = u16::from_le_bytes([self.bytes[start], self.bytes[start + 1]]);
        self.link = start + 2 + 12 * usize::from(count);
    }

    /// Writes a directory and returns its place.
    fn directory(
        &mut self,
        (width, height): (u32, u32),
        tile: (u32, u32),
        channels: usize,
        tiles: &[(u32, u32)],
        more: &[Field],
    ) -> u32 {
        let samples = u32::try_from(channels).unwrap();
        let photometric = if channels == 1 { 1 } else { 2 };
        let long = |tag, values: &[u32]| (tag, LONG, values.to_vec());
        let mut fields = vec![
            long(256, &[width]),
            long(257, &[height]),
            long(258, &vec![8; channels]),
            long(259, &[1]),
            long(262, &[photometric]),
            long(277, &[samples]),
            long(284, &[1]),
            long(322, &[tile.0]),
            long(323, &[tile.1]),
            long(324, &tiles.iter().map(|tile| tile.0).collect::<Vec<_>>()),
            long(325, &tiles.iter().map(|tile| tile.1).collect::<Vec<_>>()),
        ];
        fields.extend_from_slice(more);
        fields.sort_by_key(|field| field.0);
        let mut entries = Vec::new();
        for (tag, kind, values) in &fields {
            let (mut bytes, count): (Vec<u8>, _) = match *kind {
                ASCII => (values.iter().map(|v| u8::try_from(*v).unwrap()).collect(), values.len()),
                DOUBLE => (values.iter().flat_map(|v| v.to_le_bytes()).collect(), values.len() / 2),
                _ => (values.iter().flat_map(|v| v.to_le_bytes()).collect(), values.len()),
            };
            if bytes.len() > 4 {
                bytes = self.data(&bytes).0.to_le_bytes().to_vec();
            }
            bytes.resize(4, 0);
            entries.extend(tag.to_le_bytes());
            entries.extend(kind.to_le_bytes());
            entries.extend(u32::try_from(count).unwrap().to_le_bytes());
            entries.extend(bytes);
        }
        let place = u32::try_from(self.bytes.len()).unwrap();
        self.bytes.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
        self.bytes.extend(entries);
        self.bytes.extend([0; 4]);
        place
    }
}
