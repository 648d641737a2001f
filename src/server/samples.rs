//! Answers of numbers: profiles, pixels, spectra and statistics.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::service::Service;
use crate::command::{Action, Angle, Fact, ImageRef, Point, Profile};
use crate::error::Error;
use crate::http::Response;
use crate::image::{
    Bands, ChannelHistogram, ChannelStatistics, ImageInfo, PERCENTS, Rect, StackMember,
};
use crate::plan::{self, Plan, PlanError};
use crate::process::{Channel, Moments};
use crate::protocol::iip::{self, Reflectance, Values};
use crate::raster::SampleType;
use crate::store::{Address, Image};
use crate::workers::{Lane, WorkError};

/// One image of a stack or sequence.
struct Member {
    name: String,
    angle: Angle,
    scale: f64,
}

impl Service {
    /// Numbers of an image, or of all images of its stack or sequence.
    pub(super) async fn numbers(
        self: &Arc<Self>,
        action: &Action,
        asked: &ImageRef,
        image: &Arc<Image>,
    ) -> Result<Response, Error> {
        match action {
            Action::Pixel { x, y } => {
                let level = image.info().levels.len().saturating_sub(1);
                let resolution = u32::try_from(level).unwrap_or(0);
                let to = |from: u32| i32::try_from(from).unwrap_or(i32::MAX);
                let pixel = Profile { resolution, from: (*x, *y), to: (to(*x), to(*y)) };
                Ok(iip::pixel(&self.values(&pixel, true, asked, image).await?))
            }
            Action::Profile(profile) => {
                Ok(iip::profile(&self.values(profile, false, asked, image).await?))
            }
            Action::Spectrum(point) => {
                Ok(iip::spectrum(&self.spectrum(point, asked, image).await?))
            }
            _ => Err(PlanError::NoPicture.into()),
        }
    }

    /// The values along a line, of each image; of a pixel at the full size of each.
    async fn values(
        self: &Arc<Self>,
        profile: &Profile,
        full: bool,
        asked: &ImageRef,
        image: &Arc<Image>,
    ) -> Result<Vec<Values>, Error> {
        let members = members(image);
        let count = members.len().max(1) as u64;
        if members.is_empty() {
            let values = self.values_of(profile, count, image).await?;
            return Ok(vec![Values { name: None, float: is_float(image.info()), values }]);
        }
        let (service, asked, profile) = (Arc::clone(self), asked.clone(), *profile);
        self.of_each(members, move |Member { name, angle, scale }| {
            let (service, asked) = (Arc::clone(&service), asked.clone());
            async move {
                let image = service.member(&asked, angle).await?;
                let last = u32::try_from(image.info().levels.len().saturating_sub(1)).unwrap_or(0);
                let resolution = if full { last } else { profile.resolution };
                let profile = Profile { resolution, ..profile };
                let mut values = service.values_of(&profile, count, &image).await?;
                for value in &mut values {
                    *value *= scale;
                }
                Ok(Values { name: Some(name), float: is_float(image.info()), values })
            }
        })
        .await
    }

    /// What is asked of each, in their order; of as many at once as there are cores.
    async fn of_each<T, F>(
        &self,
        members: Vec<Member>,
        ask: impl Fn(Member) -> F,
    ) -> Result<Vec<T>, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (mut running, mut answers) = (JoinSet::new(), BTreeMap::new());
        let mut members = members.into_iter().enumerate();
        loop {
            while running.len() < self.workers.cores()
                && let Some((place, member)) = members.next()
            {
                let answer = ask(member);
                running.spawn(async move { (place, answer.await) });
            }
            let Some(answered) = running.join_next().await else { break };
            let (place, answer) = answered.map_err(|_| WorkError::Panicked)?;
            answers.insert(place, answer?);
        }
        Ok(answers.into_values().collect())
    }

    async fn values_of(
        self: &Arc<Self>,
        profile: &Profile,
        images: u64,
        image: &Arc<Image>,
    ) -> Result<Vec<f64>, Error> {
        let info = image.info();
        let missing = PlanError::NoLevel(profile.resolution);
        let index = info.level_of_resolution(profile.resolution).ok_or(missing.clone())?;
        let level = info.level(index).ok_or(missing)?;
        let line = plan::line(profile, level)?;
        let values = u64::from(line.pixels()) * u64::from(info.channels);
        bound("values", values.saturating_mul(images), plan::MOST_VALUES)?;
        let tiles = line.tiles(level);
        bound("tiles", tiles.saturating_mul(images), plan::MOST_TILES)?;
        let queue = lane(image, index, tiles, values);
        let (service, image) = (Arc::clone(self), Arc::clone(image));
        let key = (image.id, index, line);
        let read = |cancel| async move {
            let worker = Arc::clone(&service);
            let read = service.workers.run(queue, move |scratch| {
                let started = Instant::now();
                let render = worker.render(&image, &cancel);
                let values = Arc::new(render.line(index, &line, scratch)?);
                if queue.is_small() {
                    image.pace.count(started.elapsed());
                }
                Ok(values)
            });
            read.await?
        };
        let values: Arc<Vec<f64>> = self.flights.lines.run(key, read).await??;
        Ok(values.to_vec())
    }

    /// All bands of a single image, or the first one of each image.
    async fn spectrum(
        self: &Arc<Self>,
        point: &Point,
        asked: &ImageRef,
        image: &Arc<Image>,
    ) -> Result<Vec<Reflectance>, Error> {
        let members = members(image);
        if members.is_empty() {
            let moments = self.moments(point, 1, image).await?;
            let named = moments.iter().enumerate();
            return Ok(named
                .map(|(band, moments)| reflectance(band.to_string(), moments, point, image.info()))
                .collect());
        }
        let count = members.len() as u64;
        let (service, asked, point) = (Arc::clone(self), asked.clone(), *point);
        let points = self.of_each(members, move |Member { name, angle, .. }| {
            let (service, asked) = (Arc::clone(&service), asked.clone());
            async move {
                let image = service.member(&asked, angle).await?;
                let moments = service.moments(&point, count, &image).await?;
                let first = moments.first();
                Ok(first.map(|moments| reflectance(name, moments, &point, image.info())))
            }
        });
        Ok(points.await?.into_iter().flatten().collect())
    }

    async fn moments(
        self: &Arc<Self>,
        point: &Point,
        images: u64,
        image: &Arc<Image>,
    ) -> Result<Arc<Vec<Moments>>, Error> {
        let info = image.info();
        let Some((index, rect)) = plan::rectangle(point, info)? else {
            return Ok(Arc::default());
        };
        let missing = PlanError::NoLevel(point.resolution);
        let level = info.level(index).ok_or(missing)?;
        let across = |start: u32, end: u64, tile: u32| {
            (end.saturating_sub(1) / u64::from(tile) + 1).saturating_sub(u64::from(start / tile))
        };
        let tiles = across(rect.x, rect.right(), level.tile_width).saturating_mul(across(
            rect.y,
            rect.bottom(),
            level.tile_height,
        ));
        bound("tiles", tiles.saturating_mul(images), plan::MOST_TILES)?;
        let queue = lane(image, index, tiles, 0);
        let (service, image) = (Arc::clone(self), Arc::clone(image));
        let key: (_, u8, Rect) = (image.id, index, rect);
        let read = |cancel| async move {
            let worker = Arc::clone(&service);
            let read = service.workers.run(queue, move |scratch| {
                let started = Instant::now();
                let render = worker.render(&image, &cancel);
                let moments = Arc::new(render.moments(index, rect, scratch)?);
                if queue.is_small() {
                    image.pace.count(started.elapsed());
                }
                Ok(moments)
            });
            read.await?
        };
        self.flights.moments.run(key, read).await?
    }

    async fn member(self: &Arc<Self>, asked: &ImageRef, angle: Angle) -> Result<Arc<Image>, Error> {
        let image = ImageRef { name: asked.name.clone(), angle: Some(angle) };
        self.image(Address::new(&image)?).await
    }

    /// What facts need that has to be counted first.
    pub(super) async fn counted(
        self: &Arc<Self>,
        facts: &[Fact],
        image: &Arc<Image>,
    ) -> Result<Option<Vec<ChannelStatistics>>, Error> {
        let bins = facts.iter().filter_map(|fact| match fact {
            Fact::Histogram { bins } | Fact::Statistics { bins } => Some(usize::from(*bins)),
            _ => None,
        });
        let mut bins: Vec<usize> = bins.collect();
        if bins.is_empty() {
            return Ok(None);
        }
        bins.sort_unstable();
        bins.dedup();
        let info = image.info();
        let counts = bins.iter().sum::<usize>() as u64 * u64::from(info.channels);
        bound("counts", counts, plan::MOST_VALUES)?;
        let statistics = self.statistics(image, &Bands::All).await?;
        let channels = statistics.channels().iter();
        Ok(Some(channels.map(|channel| told(channel, &bins, info.sample)).collect()))
    }
}

fn told(channel: &Channel, bins: &[usize], sample: SampleType) -> ChannelStatistics {
    // Of bytes every value has its own part, of other types those that occur are parted.
    let (min, max) = match sample {
        SampleType::U8 => (0.0, 255.0),
        SampleType::F32 | SampleType::U16 | SampleType::U32 => {
            (channel.min().unwrap_or(0.0), channel.max().unwrap_or(0.0))
        }
    };
    let histogram = |bins: &usize| {
        let counts = channel.histogram(min, max, *bins);
        ChannelHistogram { min, max, counts }
    };
    ChannelStatistics {
        count: channel.count(),
        missing: channel.missing(),
        min: channel.min(),
        max: channel.max(),
        mean: channel.mean(),
        deviation: channel.deviation(),
        percentiles: PERCENTS.iter().map(|percent| channel.percentile(*percent)).collect(),
        histograms: bins.iter().map(histogram).collect(),
    }
}

/// Value as a part of the whole range, as far as the type has one.
fn reflectance(
    wavelength: String,
    moments: &Moments,
    point: &Point,
    info: &ImageInfo,
) -> Reflectance {
    let white = match info.sample {
        SampleType::F32 | SampleType::U32 => 1.0,
        SampleType::U16 => 65_535.0,
        SampleType::U8 => 255.0,
    };
    let deviation = moments.deviation().map(|deviation| deviation / white);
    Reflectance {
        wavelength,
        mean: moments.mean().map(|mean| mean / white),
        area: point.size.map(|_| (deviation, moments.count())),
    }
}

/// The images of a stack or sequence, in the order of their numbers; none for a single image.
fn members(image: &Image) -> Vec<Member> {
    let y = Angle::DEFAULT.y;
    if let Some(views) = &image.views {
        // The views in a row are those of the default vertical angle.
        let known = views.vertical.contains(&y);
        let y = if known { y } else { views.vertical.first().copied().unwrap_or(y) };
        let member =
            |x: &i32| Member { name: x.to_string(), angle: Angle { x: *x, y }, scale: 1.0 };
        return views.horizontal.iter().map(member).collect();
    }
    let mut names = HashSet::new();
    let member = |(x, member): (i32, &StackMember)| {
        // A name that is used again would hide the first one.
        let own = !member.name.is_empty() && names.insert(member.name.clone());
        let name = if own { member.name.clone() } else { x.to_string() };
        Member { name, angle: Angle { x, y }, scale: member.scale }
    };
    (0..).zip(&image.info().stack).map(member).collect()
}

fn is_float(info: &ImageInfo) -> bool {
    info.sample == SampleType::F32
}

/// A few tiles are as short as a tile; more of them wait where pictures do.
fn lane(image: &Image, index: u8, tiles: u64, values: u64) -> Lane {
    let info = image.info();
    let shape =
        |(width, height)| info.shape(width, height, &Bands::All).bytes().unwrap_or(usize::MAX);
    let tile = info.level(index).map_or((1, 1), |level| (level.tile_width, level.tile_height));
    let (tile, values) = (shape(tile) as u64, values.saturating_mul(8));
    if tile.saturating_mul(tiles).saturating_add(values) <= Plan::SMALL_BYTES {
        return if image.pace.is_short() { Lane::Short } else { Lane::Tile };
    }
    Lane::Region { bytes: tile.saturating_add(values) }
}

fn bound(what: &'static str, asked: u64, allowed: u64) -> Result<(), PlanError> {
    if asked > allowed { Err(PlanError::TooMany { what, asked, allowed }) } else { Ok(()) }
}
