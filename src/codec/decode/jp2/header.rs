//! What the header boxes of a JP2 or JPX file say of its samples (ITU-T T.800, I.5.3).

use bytes::Bytes as Owned;

use super::boxes::children;
use super::bytes::Bytes;
use super::codestream::malformed;
use crate::codec::DecodeError;
use crate::image::{Resolution, ResolutionUnit};

/// Content of the boxes, each the first of its kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// Colour specifications in the order of the file.
    pub(super) colors: Vec<ColorSpec>,
    /// Palette.
    pub(super) palette: Option<Palette>,
    /// Component and, when it is mapped through the palette, column, of each channel.
    pub(super) mapping: Option<Vec<Mapped>>,
    /// Meaning of channels.
    pub(super) definitions: Option<Vec<Definition>>,
    /// Pixels per length when captured.
    capture: Option<Resolution>,
    /// Pixels per length when displayed.
    display: Option<Resolution>,
}

/// A `colr` box.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ColorSpec {
    /// An enumerated colour space, and its parameters.
    Enumerated(u32, Vec<u8>),
    /// ICC profile.
    Icc(Owned),
}

/// A `pclr` box.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Palette {
    /// Bits and sign of each column.
    pub(super) columns: Vec<(u8, bool)>,
    /// Entries, all columns of one together.
    pub(super) values: Vec<i32>,
}

/// A channel of a `cmap` box.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Mapped {
    /// Component of the codestream.
    pub(super) component: u16,
    /// Column of the palette; `None` when the component is the channel.
    pub(super) column: Option<u8>,
}

/// A channel of a `cdef` box.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Definition {
    /// The channel.
    pub(super) channel: u16,
    /// 0 colour, 1 opacity, 2 premultiplied opacity.
    pub(super) kind: u16,
    /// 0 the whole image, otherwise the number of a colour.
    pub(super) association: u16,
}

impl Header {
    /// Pixels per length; the size of the original stands above that of a print.
    pub(super) fn resolution(&self) -> Option<Resolution> {
        self.capture.or(self.display)
    }

    /// Adds the boxes of a superbox.
    pub(super) fn add(&mut self, superbox: [u8; 4], content: &[u8]) -> Result<(), DecodeError> {
        for (kind, content) in children(content) {
            let body = Bytes::new(content);
            match &kind {
                // Those of a compositing layer are in a box of their own.
                b"cgrp" | b"res " if superbox != kind => self.add(kind, content)?,
                b"colr" if self.colors.len() < MAX_COLORS => {
                    self.colors.extend(ColorSpec::parse(body)?);
                }
                b"pclr" if self.palette.is_none() => self.palette = Some(Palette::parse(body)?),
                b"cmap" if self.mapping.is_none() => {
                    let (entries, _) = content.as_chunks::<4>();
                    self.mapping = Some(entries.iter().copied().map(Mapped::parse).collect());
                }
                b"cdef" if self.definitions.is_none() => {
                    self.definitions = Some(definitions(body)?);
                }
                b"resc" if self.capture.is_none() => self.capture = resolution(body)?,
                b"resd" if self.display.is_none() => self.display = resolution(body)?,
                _ => {}
            }
        }
        Ok(())
    }
}

impl ColorSpec {
    /// I.5.3.3 and T.801, M.11.7.3; `None` for methods that are not known.
    fn parse(mut body: Bytes<'_>) -> Result<Option<Self>, DecodeError> {
        let (method, _precedence, _approximation) = (body.u8()?, body.u8()?, body.u8()?);
        Ok(match method {
            1 => Some(Self::Enumerated(body.u32()?, body.rest().to_vec())),
            2 | 3 => Some(Self::Icc(Owned::copy_from_slice(body.rest()))),
            _ => None,
        })
    }
}

impl Palette {
    /// I.5.3.4.
    fn parse(mut body: Bytes<'_>) -> Result<Self, DecodeError> {
        let (entries, columns) = (body.u16()?, body.u8()?);
        if !(1..=1024).contains(&entries) || columns == 0 {
            return Err(malformed("its palette is empty or too long"));
        }
        let columns: Vec<_> =
            body.take(columns.into())?.iter().map(|d| ((d & 0x7f) + 1, d & 0x80 != 0)).collect();
        let mut values = Vec::with_capacity(usize::from(entries) * columns.len());
        for _ in 0..entries {
            for &(bits, signed) in &columns {
                let value = match bits {
                    1..=8 => i32::from(body.u8()?),
                    9..=16 => i32::from(body.u16()?),
                    _ => return Err(malformed("its palette has more than 16 bits")),
                };
                // The bytes hold the low bits; those above the sign are not to be believed.
                let spare = 32 - u32::from(bits);
                let value = value << spare;
                values.push(if signed {
                    value >> spare
                } else {
                    (value.cast_unsigned() >> spare).cast_signed()
                });
            }
        }
        Ok(Self { columns, values })
    }

    /// The value of a column for an index; indices beyond the end are the last entry.
    pub(super) fn value(&self, index: i32, column: usize) -> i32 {
        let last = (self.values.len() / self.columns.len().max(1)).saturating_sub(1);
        let entry = usize::try_from(index).unwrap_or(0).min(last);
        self.values.get(entry * self.columns.len() + column).copied().unwrap_or(0)
    }
}

impl Mapped {
    /// I.5.3.5.
    fn parse([high, low, kind, column]: [u8; 4]) -> Self {
        let component = u16::from_be_bytes([high, low]);
        Self { component, column: (kind == 1).then_some(column) }
    }
}

/// I.5.3.6.
fn definitions(mut body: Bytes<'_>) -> Result<Vec<Definition>, DecodeError> {
    let count = body.u16()?;
    let (entries, _) = body.rest().as_chunks::<6>();
    let number = |high, low| u16::from_be_bytes([high, low]);
    let entry = |&[a, b, c, d, e, f]: &[u8; 6]| Definition {
        channel: number(a, b),
        kind: number(c, d),
        association: number(e, f),
    };
    Ok(entries.iter().take(count.into()).map(entry).collect())
}

/// I.5.3.7: fractions and powers of ten, in pixels per metre. `None` when they make no sense.
fn resolution(mut body: Bytes<'_>) -> Result<Option<Resolution>, DecodeError> {
    let mut fraction = || Ok::<_, DecodeError>((f64::from(body.u16()?), f64::from(body.u16()?)));
    let (down, across) = (fraction()?, fraction()?);
    let (down_exponent, across_exponent) = (body.u8()?, body.u8()?);
    let number = |(numerator, denominator): (f64, f64), exponent: u8| {
        numerator / denominator * 10_f64.powi(exponent.cast_signed().into()) / 100.0
    };
    let (x, y) = (number(across, across_exponent), number(down, down_exponent));
    let usable = |number: f64| number.is_normal() && number > 0.0;
    let unit = ResolutionUnit::Centimetre;
    Ok((usable(x) && usable(y)).then_some(Resolution { x, y, unit }))
}

/// Colour specifications kept of one file.
const MAX_COLORS: usize = 16;
