//! Segments of a stream that has one scan, and the tables of that scan (ITU-T T.81, annex B).

use super::huffman::{Ac, Code, Dc};
use crate::codec::jpeg::ZIGZAG;

/// A baseline picture of 8 bits whose components are all in one scan.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    /// Steps of the quantization tables, row by row.
    pub(super) steps: [Option<[i16; 64]>; 4],
    pub(super) dc: [Option<Dc>; 4],
    pub(super) ac: [Option<Ac>; 4],
    /// MCUs between two restarts; 0 is none.
    pub(super) restart: usize,
    /// What follows the header of the scan.
    pub(super) scan: &'a [u8],
}

/// A component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    id: u8,
    /// Blocks of an MCU in a row.
    pub(super) horizontal: usize,
    /// Rows of blocks of an MCU.
    pub(super) vertical: usize,
    /// Its quantization table.
    pub(super) steps: usize,
    /// Its code of DC.
    pub(super) dc: usize,
    /// Its code of AC.
    pub(super) ac: usize,
}

impl<'a> Header<'a> {
    /// `None` when the stream is damaged, or of another kind.
    pub(super) fn read(stream: &'a [u8]) -> Option<Self> {
        let mut header = Self {
            width: 0,
            height: 0,
            components: Vec::new(),
            steps: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            restart: 0,
            scan: &[],
        };
        let mut rest = stream.strip_prefix(&[0xff, SOI])?;
        loop {
            let (marker, body, after) = segment(rest)?;
            rest = after;
            match marker {
                SOF0 | SOF1 => header.frame(body)?,
                DQT => header.quantization(body)?,
                DHT => header.huffman(body)?,
                DRI => header.restart = usize::from(u16::from_be_bytes(body.try_into().ok()?)),
                SOS => {
                    header.scan(body)?;
                    header.scan = rest;
                    return Some(header);
                }
                APP0..=APP15 | COM => {}
                _ => return None,
            }
        }
    }

    fn frame(&mut self, body: &[u8]) -> Option<()> {
        let [8, h1, h0, w1, w0, count, components @ ..] = body else { return None };
        self.height = usize::from(u16::from_be_bytes([*h1, *h0]));
        self.width = usize::from(u16::from_be_bytes([*w1, *w0]));
        let (components, []) = components.as_chunks::<3>() else { return None };
        let known = self.components.is_empty()
            && components.len() == usize::from(*count)
            && self.width > 0
            && self.height > 0;
        for [id, sampling, steps] in components {
            let [horizontal, vertical] = [sampling >> 4, sampling & 15].map(usize::from);
            let steps = usize::from(*steps);
            self.components.push(Component { id: *id, horizontal, vertical, steps, dc: 0, ac: 0 });
        }
        let sampling = |component: &Component| (component.horizontal, component.vertical);
        let is_usual = match self.components.as_mut_slice() {
            // One component is not interleaved, whatever its sampling (A.2.2).
            [gray] => {
                (gray.horizontal, gray.vertical) = (1, 1);
                true
            }
            [luma, blue, red] => {
                matches!(sampling(luma), (1 | 2, 1 | 2))
                    && [blue, red].iter().all(|c| sampling(c) == (1, 1))
            }
            _ => false,
        };
        (known && is_usual).then_some(())
    }

    fn quantization(&mut self, mut body: &[u8]) -> Option<()> {
        while let [id, rest @ ..] = body {
            let (steps, rest) = rest.split_first_chunk::<64>()?;
            body = rest;
            let mut ordered = [0; 64];
            for (step, place) in steps.iter().zip(ZIGZAG) {
                ordered[usize::from(place) & 63] = i16::from(*step);
            }
            // Tables of 16 bits have their own numbers: beyond these.
            *self.steps.get_mut(usize::from(*id))? = Some(ordered);
        }
        Some(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let [id, rest @ ..] = body {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(count)?;
            body = rest;
            let code = Code { counts, symbols };
            let number = usize::from(id & 15);
            match id >> 4 {
                0 => *self.dc.get_mut(number)? = Some(Dc::new(&code)?),
                1 => *self.ac.get_mut(number)? = Some(Ac::new(&code)?),
                _ => return None,
            }
        }
        Some(())
    }

    fn scan(&mut self, body: &[u8]) -> Option<()> {
        let [count, rest @ ..] = body else { return None };
        let (components, rest) = rest.split_at_checked(2 * usize::from(*count))?;
        // All coefficients at once, in the order of the frame.
        let complete = rest == [0, 63, 0] && usize::from(*count) == self.components.len();
        for (component, selected) in self.components.iter_mut().zip(components.as_chunks().0) {
            let [id, tables] = selected;
            (component.dc, component.ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if *id != component.id {
                return None;
            }
        }
        (complete && !self.components.is_empty()).then_some(())
    }
}

/// The marker, the body and what follows.
fn segment(stream: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [0xff, rest @ ..] = stream else { return None };
    // Any number of fill bytes may stand before a marker.
    let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
    let [marker, rest @ ..] = rest.get(fill..)? else { return None };
    let (len, _) = rest.split_first_chunk::<2>()?;
    let (body, after) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    Some((*marker, body.get(2..)?, after))
}

const SOF0: u8 = 0xc0;
const SOF1: u8 = 0xc1;
const DHT: u8 = 0xc4;
const SOI: u8 = 0xd8;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;
const APP0: u8 = 0xe0;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;
