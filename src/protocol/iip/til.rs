//! Blocks of tiles, the answer to `TIL`.

/// Media type of IIP texts and tile blocks.
pub const MEDIA_TYPE: &str = "application/vnd.netfpx";

/// A JPEG tile as a block: header, tile, line end. An answer to `TIL` is its blocks one after
/// another.
///
/// The header names resolution, tile and the length of all that follows it before the line end.
pub fn tile_block(resolution: u32, tile: u64, jpeg: &[u8]) -> Vec<u8> {
    let length = COMPRESSION.len() + jpeg.len();
    let mut block = format!("Tile,{resolution},{tile},0/{length}:").into_bytes();
    block.reserve_exact(length + LINE_END.len());
    block.extend_from_slice(&COMPRESSION);
    block.extend_from_slice(jpeg);
    block.extend_from_slice(LINE_END);
    block
}

/// Compression type 2 (JPEG) and subtype, as `FlashPix` writes them.
const COMPRESSION: [u8; 8] = [2, 0, 0, 0, 0, 0x11, 0, 0];

const LINE_END: &[u8] = b"\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_counts_its_compression_type_and_its_tile() {
        let jpeg = [0xff, 0xd8, 0xff, 0xd9];
        let expected = b"Tile,1,17,0/12:\x02\0\0\0\0\x11\0\0\xff\xd8\xff\xd9\r\n";
        assert_eq!(tile_block(1, 17, &jpeg), expected);
    }

    #[test]
    fn the_start_of_a_block_is_that_of_the_specification() {
        // Behaviour specification, 12: a tile of 8825 bytes.
        let block = tile_block(1, 0, &[0xff; 8825]);
        assert!(block.starts_with(b"Tile,1,0,0/8833:\x02\0\0\0\0\x11\0\0\xff"));
    }
}
