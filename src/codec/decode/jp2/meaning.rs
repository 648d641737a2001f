//! What the components of a file mean: which are colours, in which order, of which colour space.

use bytes::Bytes as Owned;

use super::bytes::Bytes;
use super::codestream::{Size, malformed};
use super::header::{ColorSpec, Definition, Header, Mapped};
use crate::codec::DecodeError;
use crate::color::cmyk::Cmyk;
use crate::color::ycc::YCbCr;
use crate::image::{Bands, Range};
use crate::raster::{Alpha, ColorSpace, SampleType};

/// How decoded components become channels.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    /// Channels of the file in the order of their colours, alpha last.
    pub(super) channels: Vec<Channel>,
    /// How their values become those that are served.
    pub(super) model: Model,
    /// What is served.
    pub(super) color: ColorSpace,
    pub(super) alpha: Alpha,
    pub(super) sample: SampleType,
    /// Bits of the deepest channel.
    pub(super) bits: u8,
    /// Profile of what is served.
    pub(super) icc: Option<Owned>,
}

/// A channel of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Channel {
    pub(super) component: u16,
    /// Column of the palette that the component is an index into.
    pub(super) column: Option<usize>,
    pub(super) bits: u8,
    pub(super) signed: bool,
}

/// How the colours of the file become grey or RGB.
#[derive(Clone, Debug)]
pub(super) enum Model {
    /// They are.
    AsIs,
    /// Paper minus ink, also of a single one.
    Inverted,
    Cmyk(Cmyk),
    Lab(Lab),
    YCbCr(YCbCr),
}

/// Range and offset of each of `L`, `a` and `b` (ITU-T T.801, M.11.7.4.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lab(pub(super) [(f32, f32); 3]);

impl Meaning {
    /// Reads it from the header boxes, if there are any.
    pub(super) fn new(size: &Size, header: &Header) -> Result<Self, DecodeError> {
        let channels = channels(size, header)?;
        if let Some(deep) = channels.iter().find(|channel| channel.bits > 16) {
            return Err(DecodeError::Unsupported(format!(
                "samples of {} bits in JPEG 2000 cannot be shown, at most 16 can; \
                 convert the file to a TIFF of 32 bits",
                deep.bits
            )));
        }
        let (order, alphas) = order(channels.len(), header.definitions.as_deref());
        let colors = channels.len() - alphas.len();
        let known = header.colors.iter().find_map(|spec| space(spec, &channels, &order));
        if known.is_none() && !header.colors.is_empty() && colors == 3 {
            return Err(DecodeError::Unsupported(
                "the colour space of this JPEG 2000 file cannot be shown; convert it to sRGB"
                    .into(),
            ));
        }
        let known = known.filter(|space| space.colors == colors && alphas.len() <= 1);
        let plain = |colors, color| Space { colors, color, model: Model::AsIs, icc: None };
        let space = known.unwrap_or_else(|| match (colors, alphas.len()) {
            (1, 0 | 1) => plain(1, ColorSpace::Gray),
            (3, 0 | 1) => plain(3, ColorSpace::Rgb),
            _ => plain(channels.len(), ColorSpace::Multiband),
        });
        let (order, alpha) = if space.color == ColorSpace::Multiband {
            ((0..channels.len()).collect(), Alpha::None)
        } else {
            let alpha = alphas.first();
            let kind = alpha.map_or(Alpha::None, |alpha| alpha.1);
            (order.into_iter().chain(alpha.map(|alpha| alpha.0)).collect::<Vec<_>>(), kind)
        };
        let channels: Vec<_> =
            order.iter().filter_map(|index| channels.get(*index).copied()).collect();
        let bits = channels.iter().map(|channel| channel.bits).max().unwrap_or(8);
        let signed = channels.iter().any(|channel| channel.signed);
        let sample = match (&space.model, signed, bits) {
            (Model::Lab(_), ..) | (Model::AsIs, true, _) => SampleType::F32,
            (Model::Cmyk(_), ..) | (_, _, ..=8) => SampleType::U8,
            _ => SampleType::U16,
        };
        let Space { color, model, icc, .. } = space;
        Ok(Self { channels, model, color, alpha, sample, bits, icc })
    }

    /// Channels that are served.
    pub(super) fn served(&self) -> usize {
        let alpha = usize::from(self.alpha != Alpha::None);
        match self.model {
            Model::AsIs | Model::Inverted => self.channels.len(),
            Model::Cmyk(_) | Model::Lab(_) | Model::YCbCr(_) => 3 + alpha,
        }
    }

    /// Bits that count of what is served.
    pub(super) fn served_bits(&self) -> u8 {
        if let Model::Cmyk(_) = self.model { 8 } else { self.bits }
    }

    /// Components that some bands need, ascending.
    pub(super) fn components(&self, bands: &Bands) -> Vec<u16> {
        let count = u16::try_from(self.served()).unwrap_or(u16::MAX);
        let mut components: Vec<_> = match self.model {
            Model::AsIs | Model::Inverted => bands
                .numbers(count)
                .filter_map(|band| self.channels.get(usize::from(band)))
                .map(|channel| channel.component)
                .collect(),
            _ => self.channels.iter().map(|channel| channel.component).collect(),
        };
        components.sort_unstable();
        components.dedup();
        components
    }

    /// Lowest and highest value of each band.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let range = |channel: &Channel| match self.sample {
            SampleType::F32 => {
                let full = 2_f32.powi(channel.bits.into());
                let min = if channel.signed { -full / 2.0 } else { 0.0 };
                Range { min, max: min + full - 1.0 }
            }
            SampleType::U8 => Range { min: 0.0, max: 255.0 },
            _ => Range { min: 0.0, max: 2_f32.powi(self.served_bits().into()) - 1.0 },
        };
        match self.model {
            Model::AsIs => self.channels.iter().map(range).collect(),
            Model::Lab(_) => vec![Range { min: 0.0, max: 1.0 }; self.served()],
            _ => vec![
                self.channels.first().map_or(Range { min: 0.0, max: 255.0 }, range);
                self.served()
            ],
        }
    }
}

/// The channels in the order of the file (I.5.3.5).
fn channels(size: &Size, header: &Header) -> Result<Vec<Channel>, DecodeError> {
    let component = |number: u16| {
        let found = size.components.get(usize::from(number));
        found.ok_or_else(|| malformed("it maps a component that is not there"))
    };
    let direct = |number: u16| {
        let found = component(number)?;
        let (bits, signed) = (found.bits, found.signed);
        Ok(Channel { component: number, column: None, bits, signed })
    };
    let Some(palette) = &header.palette else {
        return (0..).take(size.components.len()).map(direct).collect();
    };
    // Without a map the first component is the index of all columns.
    let columns = (0..).take(palette.columns.len());
    let mapping = header.mapping.clone().unwrap_or_else(|| {
        columns.map(|column| Mapped { component: 0, column: Some(column) }).collect()
    });
    if mapping.is_empty() {
        return Err(malformed("its palette gives no channels"));
    }
    let map = |mapped: Mapped| match mapped.column.map(usize::from) {
        None => direct(mapped.component),
        Some(column) => {
            component(mapped.component)?;
            let found = palette.columns.get(column);
            let &(bits, signed) =
                found.ok_or_else(|| malformed("it maps a column its palette does not have"))?;
            Ok(Channel { component: mapped.component, column: Some(column), bits, signed })
        }
    };
    mapping.into_iter().map(map).collect()
}

/// Colour channels in the order of their colours, and those of opacity (I.5.3.6).
fn order(count: usize, definitions: Option<&[Definition]>) -> (Vec<usize>, Vec<(usize, Alpha)>) {
    let definitions = definitions.unwrap_or_default();
    let mut alphas: Vec<(usize, Alpha)> = Vec::new();
    for definition in definitions {
        let channel = usize::from(definition.channel);
        let alpha = match (definition.kind, definition.association) {
            (1, 0) => Alpha::Straight,
            (2, 0) => Alpha::Premultiplied,
            _ => continue,
        };
        if channel < count && alphas.iter().all(|known| known.0 != channel) {
            alphas.push((channel, alpha));
        }
    }
    let place = |channel: usize| {
        let color = definitions
            .iter()
            .find(|definition| usize::from(definition.channel) == channel && definition.kind == 0);
        // What has no association comes behind the colours.
        color.map_or(u16::MAX, |color| color.association.wrapping_sub(1))
    };
    let mut colors: Vec<_> =
        (0..count).filter(|channel| alphas.iter().all(|alpha| alpha.0 != *channel)).collect();
    if !definitions.is_empty() {
        colors.sort_by_key(|channel| place(*channel));
    }
    (colors, alphas)
}

/// A colour space that can be served.
struct Space {
    colors: usize,
    color: ColorSpace,
    model: Model,
    icc: Option<Owned>,
}

/// Tables I.10 and T.801, M.25; profiles by their header (ICC.1, 7.2.6).
fn space(spec: &ColorSpec, channels: &[Channel], order: &[usize]) -> Option<Space> {
    let bits = |index: usize| {
        order.get(index).and_then(|channel| channels.get(*channel)).map_or(8, |c| c.bits)
    };
    let space = |colors, color, model| Some(Space { colors, color, model, icc: None });
    match spec {
        ColorSpec::Enumerated(number, parameters) => match number {
            0 => space(1, ColorSpace::Gray, Model::Inverted),
            15 | 17 => space(1, ColorSpace::Gray, Model::AsIs),
            16 | 21 => space(3, ColorSpace::Rgb, Model::AsIs),
            // Of ITU-R BT.709 and BT.601, and sYCC.
            1 => space(3, ColorSpace::Rgb, Model::YCbCr(studio([0.2126, 0.7152, 0.0722])?)),
            3 | 18 => space(3, ColorSpace::Rgb, Model::YCbCr(YCbCr::default())),
            4 => space(3, ColorSpace::Rgb, Model::YCbCr(studio([0.299, 0.587, 0.114])?)),
            11 => space(3, ColorSpace::Rgb, Model::Inverted),
            12 => space(4, ColorSpace::Rgb, Model::Cmyk(Cmyk::simple())),
            14 => {
                let lab = Lab::parse(Bytes::new(parameters), [bits(0), bits(1), bits(2)]);
                space(3, ColorSpace::Rgb, Model::Lab(lab))
            }
            _ => None,
        },
        ColorSpec::Icc(icc) => {
            let kept = |colors, color| {
                Some(Space { colors, color, model: Model::AsIs, icc: Some(icc.clone()) })
            };
            match icc.get(16..20)? {
                b"GRAY" => kept(1, ColorSpace::Gray),
                b"RGB " => kept(3, ColorSpace::Rgb),
                b"CMYK" => {
                    let cmyk = Cmyk::with_profile(icc).unwrap_or_default();
                    space(4, ColorSpace::Rgb, Model::Cmyk(cmyk))
                }
                b"Lab " => {
                    let offset = |index| 128.0 / 255.0 * full(bits(index));
                    let lab = [(100.0, 0.0), (255.0, offset(1)), (255.0, offset(2))];
                    space(3, ColorSpace::Rgb, Model::Lab(Lab(lab)))
                }
                _ => None,
            }
        }
    }
}

impl Lab {
    /// Parameters of the colour specification, or else their defaults.
    fn parse(mut parameters: Bytes<'_>, bits: [u8; 3]) -> Self {
        let half = |bits: u8| 2_f32.powi(i32::from(bits) - 1);
        let default = [(100.0, 0.0), (170.0, half(bits[1])), (200.0, half(bits[2]) * 0.75)];
        let mut number = || parameters.u32().ok().map(exact);
        let mut pair = || Some((number()?, number()?));
        let given = (pair(), pair(), pair());
        match given {
            (Some(l), Some(a), Some(b)) => Self([l, a, b]),
            _ => Self(default),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "parameters of colours are small numbers")]
fn exact(number: u32) -> f32 {
    number as f32
}

/// The largest value of so many bits.
pub(super) fn full(bits: u8) -> f32 {
    2_f32.powi(bits.into()) - 1.0
}

/// Luma of 16 to 235, differences of 16 to 240.
fn studio(luma: [f64; 3]) -> Option<YCbCr> {
    YCbCr::new(Some(&luma), Some(&[16.0, 235.0, 128.0, 240.0, 128.0, 240.0]))
}
