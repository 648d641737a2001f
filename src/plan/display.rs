//! From the samples of an image to what is seen of them.
//!
//! The order of operations is that of the behaviour specification, 10.1, and written down here
//! only: normalise, shade, twist, curve, invert, colour map, convolve, contrast, quantise.
//!
//! Integers that nothing is done to are cut to their upper 8 bits (10.4). Bands without a meaning
//! as colour are shown as red, green and blue, or the first alone, and only bands that the result
//! depends on are read.

use super::PlanError;
use super::adjustments::Adjustments;
use crate::command::{Adjust, Depth, Finite, Matrix};
use crate::image::{Bands, ImageInfo, Level, Rect, Selection};
use crate::process::{Bounds, Light, Margin, Op, Statistics};
use crate::raster::{Alpha, ColorSpace, SampleType, Shape};

/// What is read of an image, and what makes it visible.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Display {
    /// Bands and quality layers.
    pub selection: Selection,
    /// Steps to 8 bits; none for 8-bit images as they are.
    pub ops: Vec<Op>,
}

/// Values as they are.
const UNIT: Bounds = Bounds { min: Finite::ZERO, max: Finite::ONE };

/// What the pixels are for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose {
    /// Missing pixels can be transparent.
    pub(super) transparent: bool,
    /// For the screen, or for the numbers.
    pub(super) depth: Depth,
}

impl Purpose {
    /// To be counted: what is transparent is not.
    pub(super) const COUNTS: Self = Self { transparent: true, depth: Depth::Eight };
}

/// Everything that decides how samples become visible.
#[derive(Clone, Copy, Debug)]
pub(super) struct Development<'a> {
    pub(super) info: &'a ImageInfo,
    pub(super) adjustments: Adjustments<'a>,
    pub(super) purpose: Purpose,
    pub(super) statistics: Option<&'a Statistics>,
}

impl<'a> Development<'a> {
    pub(super) fn new(
        info: &'a ImageInfo,
        adjust: &'a [Adjust],
        purpose: Purpose,
        statistics: Option<&'a Statistics>,
    ) -> Self {
        Self { info, adjustments: Adjustments::new(adjust), purpose, statistics }
    }

    /// Bands that are read.
    pub(super) fn bands(&self) -> Bands {
        let Adjustments { shade, twist, colormap, .. } = self.adjustments;
        let colors = self.info.shape(1, 1, &Bands::All).color_channels();
        if shade.is_some() {
            return match colors {
                1 | 3 => Bands::All,
                2 => Bands::first(1),
                _ => Bands::first(3),
            };
        }
        if let ColorSpace::Gray | ColorSpace::Rgb = self.info.color {
            return Bands::All;
        }
        match (twist, colormap) {
            (Some(matrix), _) => Bands::Only(weighed(matrix, colors).into()),
            (None, Some(_)) => Bands::first(1),
            (None, None) => Bands::first(if colors < 3 { 1 } else { 3 }),
        }
    }

    /// Pixels around the picture that are looked at.
    pub(super) fn reach(&self) -> u32 {
        u32::from(self.is_relief()) + self.kernel_radius()
    }

    fn kernel_radius(&self) -> u32 {
        let radius = self.adjustments.kernel.map_or(0, |kernel| kernel.rows().len() / 2);
        u32::try_from(radius).unwrap_or(0)
    }

    /// Whether the shading is that of an elevation model.
    fn is_relief(&self) -> bool {
        let shape = self.info.shape(1, 1, &self.bands());
        self.adjustments.shade.is_some() && shape.color_channels() == 1
    }

    /// Whether integers take the way through single precision.
    fn is_float(&self) -> bool {
        let integers = self.info.sample != SampleType::F32;
        self.adjustments.change_values() || !integers || self.info.nodata.is_some()
    }

    /// What is read and done. The source has `margin` pixels around the picture, on a level.
    pub(super) fn display(&self, level: &Level, margin: Margin) -> Result<Display, PlanError> {
        let bands = self.bands();
        let ops = match self.purpose.depth {
            Depth::Sixteen if self.has_numbers() => Vec::new(),
            Depth::Float if !self.adjustments.change_values() => vec![self.numbers(&bands)],
            Depth::Eight if !self.is_float() => match self.info.sample {
                SampleType::U16 | SampleType::U32 => self.cut(),
                SampleType::F32 | SampleType::U8 => Vec::new(),
            },
            Depth::Eight | Depth::Float | Depth::Sixteen => {
                self.float_ops(&bands, level, margin)?
            }
        };
        Ok(Display { selection: Selection { bands, layers: None }, ops })
    }

    /// Integers to their upper 8 bits. Colours are divided by their opacity before, as long as they
    /// have all their bits.
    fn cut(&self) -> Vec<Op> {
        let bits = self.info.bits;
        let multiplied = self.info.shape(1, 1, &self.bands()).alpha == Alpha::Premultiplied;
        let divided = multiplied && self.purpose.transparent;
        let straighten = divided.then_some(Op::Straighten { bits });
        straighten.into_iter().chain([Op::Scale8(bits)]).collect()
    }

    /// Whether the samples are integers that fit 16 bits as they are stored.
    fn has_numbers(&self) -> bool {
        let fit = matches!(self.info.sample, SampleType::U8 | SampleType::U16);
        fit && !self.adjustments.change_values()
    }

    /// The samples as they are stored, but for the missing ones.
    fn numbers(&self, bands: &Bands) -> Op {
        let colors = self.info.shape(1, 1, bands).color_channels();
        let bounds = vec![UNIT; usize::from(colors)].into();
        Op::Normalize { bounds, nodata: self.nodata() }
    }

    fn nodata(&self) -> Option<Finite> {
        self.info.nodata.and_then(|value| Finite::new(value.into()))
    }

    fn float_ops(
        &self,
        bands: &Bands,
        level: &Level,
        margin: Margin,
    ) -> Result<Vec<Op>, PlanError> {
        let Adjustments { shade, twist, curve, invert, colormap, kernel, contrast, .. } =
            self.adjustments;
        let shape = self.info.shape(1, 1, bands);
        let nodata = self.nodata();
        let bounds = self.bounds(bands, shape)?;
        let mut ops = vec![Op::Normalize { bounds, nodata }];
        let (relief_margin, kernel_margin) = shared(margin, self.kernel_radius());
        if let Some((azimuth, elevation, z)) = shade {
            if self.is_relief() {
                let light = light(self.info, level, azimuth, elevation, z);
                ops.push(Op::Relief { light, margin: relief_margin });
            } else {
                ops.push(Op::Shade { azimuth, elevation });
            }
        }
        if let Some(matrix) = twist {
            let read = if shade.is_none() { bands } else { &Bands::All };
            ops.push(Op::Twist(read_columns(matrix, read)));
        }
        ops.extend(curve.map(Op::Curve));
        ops.extend(invert.then_some(Op::Invert));
        ops.extend(colormap.cloned().map(Op::Colormap));
        let margin = kernel_margin;
        ops.extend(kernel.cloned().map(|kernel| Op::Convolve { kernel, margin }));
        ops.extend(contrast.map(Op::Contrast));
        // Colours that were converted are all numbers.
        let numbers = self.info.sample != SampleType::F32 || self.info.from_lab;
        let missing = !numbers || nodata.is_some();
        let transparent = missing && self.purpose.transparent;
        let quantize = |sample| Op::Quantize { sample, transparent };
        ops.extend(match self.purpose.depth {
            Depth::Eight => Some(quantize(SampleType::U8)),
            Depth::Sixteen => Some(quantize(SampleType::U16)),
            Depth::Float => None,
        });
        let added = transparent && shape.alpha == Alpha::None;
        ops.extend((added && self.purpose.depth != Depth::Float).then_some(Op::Trim));
        Ok(ops)
    }

    /// The range of each colour channel that is read. Of an elevation model it has no meaning:
    /// slopes are those of the heights as they are.
    fn bounds(&self, bands: &Bands, shape: Shape) -> Result<Box<[Bounds]>, PlanError> {
        let colors = usize::from(shape.color_channels());
        // Nor has it one for colours that are not those of the file (10.2).
        if self.is_relief() || self.info.from_lab {
            return Ok(vec![UNIT; colors].into());
        }
        let finite = |value: f32| Finite::new(value.into()).unwrap_or(Finite::ZERO);
        let stored = |band: &u16| {
            let range = self.info.ranges.get(usize::from(*band));
            range.map_or(UNIT, |r| Bounds { min: finite(r.min), max: finite(r.max) })
        };
        let numbers: Vec<u16> = bands.numbers(self.info.channels).take(colors).collect();
        let mut bounds: Vec<Bounds> = numbers.iter().map(stored).collect();
        let shared = shape.color == ColorSpace::Rgb && self.info.color != ColorSpace::Multiband;
        self.adjustments.set_ranges(&mut bounds, &numbers, shared, self.statistics)?;
        Ok(bounds.into())
    }
}

/// Bands with a weight in some row of a matrix; the first one if there is none.
fn weighed(matrix: &Matrix, channels: u16) -> Vec<u16> {
    let has_weight = |band: &u16| {
        let weight = |row: &Vec<Finite>| row.get(usize::from(*band)).copied();
        matrix.rows().iter().filter_map(weight).any(|weight| weight != Finite::ZERO)
    };
    let bands: Vec<u16> = (0..channels).filter(has_weight).collect();
    if bands.is_empty() { vec![0] } else { bands }
}

/// The columns of a matrix for the bands that are read.
fn read_columns(matrix: &Matrix, bands: &Bands) -> Matrix {
    let Bands::Only(numbers) = bands else { return matrix.clone() };
    let column = |row: &[Finite], band: u16| row.get(usize::from(band)).copied();
    let row = |row: &Vec<Finite>| {
        numbers.iter().map(|band| column(row, *band).unwrap_or(Finite::ZERO)).collect()
    };
    // As many rows as before, and not more columns.
    Matrix::new(matrix.rows().iter().map(row).collect()).unwrap_or_else(|_| matrix.clone())
}

/// The parts of a margin that shading and convolution take away. At the edge of an image there
/// are fewer pixels than both would like; what is there belongs to the last one first.
fn shared(margin: Margin, radius: u32) -> (Margin, Margin) {
    let split = |pixels: u32| (pixels - pixels.min(radius), pixels.min(radius));
    let (left, top) = (split(margin.left), split(margin.top));
    let (right, bottom) = (split(margin.right), split(margin.bottom));
    (
        Margin { left: left.0, top: top.0, right: right.0, bottom: bottom.0 },
        Margin { left: left.1, top: top.1, right: right.1, bottom: bottom.1 },
    )
}

/// A light on heights whose unit is that of the pixels' size, where the file says it; otherwise a
/// pixel of the full size is one wide and high.
fn light(info: &ImageInfo, level: &Level, azimuth: i32, elevation: i32, z: Finite) -> Light {
    let (width, height) = info.pixel_size.unwrap_or((1.0, 1.0));
    let step = |full: u32, level: u32| f64::from(full) / f64::from(level.max(1));
    let slope = |distance: f64| Finite::new(z.value() / distance).unwrap_or(Finite::ZERO);
    Light {
        azimuth,
        elevation,
        across: slope(width * step(info.width(), level.width)),
        down: slope(height * step(info.height(), level.height)),
    }
}

/// A rectangle with so many pixels around it, as far as the level goes, and how many they are.
pub(super) fn grown(rect: Rect, level: &Level, reach: u32) -> (Rect, Margin) {
    let side = |start: u32, length: u32, end: u32| {
        let before = start.min(reach);
        let after = end.saturating_sub(start.saturating_add(length)).min(reach);
        (start - before, before, after)
    };
    let (x, left, right) = side(rect.x, rect.width, level.width);
    let (y, top, bottom) = side(rect.y, rect.height, level.height);
    let (width, height) = (rect.width + left + right, rect.height + top + bottom);
    (Rect { x, y, width, height }, Margin { left, top, right, bottom })
}
