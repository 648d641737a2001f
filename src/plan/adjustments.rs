//! The adjustments of a view, sorted by kind.

use super::PlanError;
use crate::command::{Adjust, Colormap, Curve, Finite, Kernel, Limit, Matrix};
use crate::process::{Bounds, Channel, Statistics};

/// What a view asks to be done to sample values. Of each kind the last one counts, as the parsers
/// have it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Adjustments<'a> {
    all: &'a [Adjust],
    pub(super) shade: Option<(i32, i32, Finite)>,
    pub(super) twist: Option<&'a Matrix>,
    pub(super) curve: Option<Curve>,
    pub(super) invert: bool,
    pub(super) colormap: Option<&'a Colormap>,
    pub(super) kernel: Option<&'a Kernel>,
    pub(super) contrast: Option<Finite>,
    pub(super) stretch: bool,
    pub(super) equalize: bool,
}

impl<'a> Adjustments<'a> {
    pub(super) fn new(all: &'a [Adjust]) -> Self {
        let mut sorted = Self { all, ..Self::default() };
        for adjust in all {
            match adjust {
                Adjust::Colormap(map) => sorted.colormap = Some(map),
                Adjust::Contrast(factor) => sorted.contrast = Some(*factor),
                Adjust::Convolve(kernel) => sorted.kernel = Some(kernel),
                Adjust::Curve(curve) => sorted.curve = Some(*curve),
                Adjust::Equalize => sorted.equalize = true,
                Adjust::Invert => sorted.invert = true,
                Adjust::Range { .. } => {}
                Adjust::Shade { azimuth, elevation, z } => {
                    sorted.shade = Some((*azimuth, *elevation, *z));
                }
                Adjust::Stretch => sorted.stretch = true,
                Adjust::Twist(matrix) => sorted.twist = Some(matrix),
            }
        }
        sorted
    }

    /// Whether anything is done to values before they have 8 bits.
    pub(super) fn change_values(&self) -> bool {
        self.all.iter().any(|adjust| *adjust != Adjust::Equalize)
    }

    /// Whether the statistics of the bands are needed.
    pub(super) fn need_statistics(&self) -> bool {
        let percentile = |limit: &Limit| matches!(limit, Limit::Percentile(_));
        self.stretch
            || self.all.iter().any(|adjust| match adjust {
                Adjust::Range { min, max, .. } => percentile(min) || percentile(max),
                _ => false,
            })
    }

    /// Replaces the ranges of the bands with these numbers by those that are asked for. Channels
    /// that share a range have percentiles in common, so that grey stays grey.
    pub(super) fn set_ranges(
        &self,
        bounds: &mut [Bounds],
        numbers: &[u16],
        shared: bool,
        statistics: Option<&Statistics>,
    ) -> Result<(), PlanError> {
        for adjust in self.all {
            let Adjust::Range { channel, min, max } = adjust else { continue };
            for (index, (bounds, number)) in bounds.iter_mut().zip(numbers).enumerate() {
                if channel.is_none_or(|channel| channel == *number) {
                    let common = shared && channel.is_none();
                    let value = |limit, fold| value(limit, index, common, statistics, fold);
                    *bounds = Bounds { min: value(min, f32::min)?, max: value(max, f32::max)? };
                }
            }
        }
        if self.stretch {
            let statistics = statistics.ok_or(PlanError::NeedsStatistics)?;
            let channels = || statistics.channels().iter();
            let min = channels().filter_map(Channel::min).reduce(f32::min);
            let max = channels().filter_map(Channel::max).reduce(f32::max);
            if let (Some(min), Some(max)) = (min, max) {
                bounds.fill(Bounds { min: finite(min), max: finite(max) });
            }
        }
        Ok(())
    }
}

/// A limit as a sample value of the channel with this index, or of all at once.
fn value(
    limit: &Limit,
    index: usize,
    common: bool,
    statistics: Option<&Statistics>,
    fold: fn(f32, f32) -> f32,
) -> Result<Finite, PlanError> {
    let percent = match limit {
        Limit::Percentile(percent) => percent.value(),
        Limit::Value(value) => return Ok(*value),
    };
    let channels = statistics.ok_or(PlanError::NeedsStatistics)?.channels();
    let values = channels
        .iter()
        .enumerate()
        .filter(|(channel, _)| common || *channel == index)
        .filter_map(|(_, channel)| channel.percentile(percent));
    // Without a single value there is nothing to be seen, whatever the range.
    Ok(values.reduce(fold).map_or(Finite::ZERO, finite))
}

fn finite(value: f32) -> Finite {
    Finite::new(value.into()).unwrap_or(Finite::ZERO)
}
