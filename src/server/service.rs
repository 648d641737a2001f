use std::sync::Arc;
use std::time::{Duration, Instant};

use super::metrics::Counters;
use super::trace::{Outcome, Trace};
use super::{answer, raw, til};
use crate::cache::{Cancel, Encoded, Flight, TileCache};
use crate::command::{Action, Command, Format, TileRange, View};
use crate::error::Error;
use crate::http::{ETag, Method, Request, Response, Status, not_modified};
use crate::image::{Bands, FileVersion, ImageId, Rect};
use crate::pipeline::{Render, Stages};
use crate::plan::{self, Display, Facts, Line, Plan, PlanError, Planned, Policy};
use crate::process::{Histogram, Lookups, Moments, Statistics};
use crate::protocol::{Context, Documents, Parsed, Protocol, Route, UriMap, iiif, iip};
use crate::store::{Address, Image, Images, Listing, Search};
use crate::workers::{Lane, Workers};

/// Answers requests, whatever transport brought them.
#[derive(Debug)]
pub struct Service {
    /// Images below the root.
    pub images: Images,
    /// Decoded tiles and finished pictures.
    pub tiles: TileCache,
    /// Tables of operations.
    pub lookups: Lookups,
    /// CPU threads.
    pub workers: Workers,
    /// Which path speaks which protocol.
    pub map: UriMap,
    /// Settings of documents.
    pub documents: Documents,
    /// Settings of pictures.
    pub policy: Policy,
    /// Headers all answers have.
    pub headers: answer::Headers,
    /// Longest time for one answer.
    pub timeout: Duration,
    /// Work in hand.
    pub flights: Flights,
    /// What was answered so far.
    pub counters: Counters,
}

/// What all that wait for it get.
type Shared<T> = Result<Arc<T>, Error>;

/// Work that several requests may wait for.
#[derive(Debug, Default)]
pub struct Flights {
    listings: Flight<(String, FileVersion), Result<Arc<Listing>, Error>>,
    opens: Flight<(Address, FileVersion), Result<Arc<Image>, Error>>,
    histograms: Flight<(ImageId, Display), Shared<Histogram>>,
    pub(super) lines: Flight<(ImageId, u8, Line), Shared<Vec<f64>>>,
    pub(super) moments: Flight<(ImageId, u8, Rect), Shared<Vec<Moments>>>,
    statistics: Flight<(ImageId, Bands), Shared<Statistics>>,
    pictures: Flight<Arc<Plan>, Result<(Encoded, Stages), Error>>,
}

impl Flights {
    /// How often somebody had to wait for a list of work in hand.
    pub(super) fn lock_waits(&self) -> u64 {
        let Self { listings, opens, histograms, lines, moments, statistics, pictures } = self;
        listings.lock_waits()
            + opens.lock_waits()
            + histograms.lock_waits()
            + lines.lock_waits()
            + moments.lock_waits()
            + statistics.lock_waits()
            + pictures.lock_waits()
    }
}

impl Service {
    /// The answer to a request. Never fails: what goes wrong becomes a status.
    pub async fn answer(self: &Arc<Self>, request: &Request<'_>) -> Response {
        let started = Instant::now();
        let mut trace = Trace::default();
        let answered = tokio::time::timeout(self.timeout, self.respond(request, &mut trace)).await;
        let result = answered.unwrap_or(Err(Error::Timeout));
        let response = match result {
            Ok(response) => self.headers.complete(response),
            Err(error) => {
                trace.failed(&error);
                self.headers.refuse(&error)
            }
        };
        let took = started.elapsed();
        self.counters.count(&trace, &response, took);
        trace.log(request, &response, took);
        response
    }

    /// Forgets all that is kept: open images, tiles and pictures.
    pub fn clear(&self) {
        self.images.clear();
        self.tiles.clear();
    }

    async fn respond(
        self: &Arc<Self>,
        request: &Request<'_>,
        trace: &mut Trace,
    ) -> Result<Response, Error> {
        match request.method {
            None => return Err(Error::Method),
            Some(Method::Options) => return Ok(answer::options()),
            Some(Method::Get | Method::Head | Method::Post) => {}
        }
        let route = self.map.route(request);
        match route.protocol.parse(&route.input, request, &self.documents)? {
            Parsed::Redirect(_) => Ok(self.redirect(request, &route.input)),
            Parsed::Command(command) => {
                let context = Context {
                    request,
                    input: &route.input,
                    name: name(&route),
                    views: None,
                    statistics: None,
                    settings: &self.documents,
                };
                self.run(&command, route.protocol, &context, trace).await
            }
        }
    }

    fn redirect(&self, request: &Request<'_>, input: &str) -> Response {
        let location = iiif::info_url(request, &self.documents, iiif::identifier(input));
        // It depends on the host that was asked.
        Response::new(Status::SeeOther)
            .header("Location", location)
            .header("Cache-Control", "no-cache")
    }

    async fn run(
        self: &Arc<Self>,
        command: &Command,
        protocol: Protocol,
        context: &Context<'_>,
        trace: &mut Trace,
    ) -> Result<Response, Error> {
        let image = match &command.image {
            None => None,
            Some(image) => Some(self.image(Address::new(image)?).await?),
        };
        match (&command.action, image) {
            (Action::Volume, _) => Err(PlanError::NotYet("WLZ").into()),
            (Action::Describe(facts), image) => {
                let info = image.as_ref().map(|image| image.info());
                let views = image.as_ref().and_then(|image| image.views.as_deref());
                let counted = match &image {
                    Some(image) => self.counted(facts, image).await?,
                    None => None,
                };
                let context = Context { views, statistics: counted.as_deref(), ..*context };
                let document = protocol.describe(facts, info, &context);
                Ok(answer::document(document, image.as_deref(), context.request))
            }
            (Action::Region(view) | Action::Tile { view, .. }, Some(image)) => {
                let picture = Picture { command, view, protocol, context };
                self.picture(&picture, &image, trace).await
            }
            (Action::Tiles(range), Some(image)) => {
                self.tile_block(*range, command, &image, trace).await
            }
            (action, Some(image)) => {
                let asked = command.image.as_ref().ok_or(PlanError::NoPicture)?;
                let document = self.numbers(action, asked, &image).await?;
                Ok(answer::document(document, Some(&image), context.request))
            }
            (_, None) => Err(PlanError::NoPicture.into()),
        }
    }

    /// The image, open in the version the file system has now.
    pub(super) async fn image(self: &Arc<Self>, address: Address) -> Result<Arc<Image>, Error> {
        if let Some(image) = self.images.current(&address) {
            return Ok(image);
        }
        let found = match self.images.search(&address)? {
            Search::Found(found) => found,
            Search::Unlisted { folder, version } => {
                let listing = self.listing(folder, version).await?;
                self.images.view(&address, &listing)?
            }
        };
        // Who asks after a replacement must not join an opening that began before it.
        let key = (address.clone(), found.version);
        let service = Arc::clone(self);
        let open = |_| async move {
            let worker = Arc::clone(&service);
            let open = move |_: &mut _| worker.images.open(&address, found);
            let image = service.workers.run(Lane::Tile, open).await??;
            if let Err(error) = &image.profile {
                tracing::warn!(image = image.name, cause = %error, "colours stay as they are");
            }
            Ok(image)
        };
        self.flights.opens.run(key, open).await?
    }

    /// The sequences of a folder that has this version now.
    async fn listing(
        self: &Arc<Self>,
        folder: String,
        version: FileVersion,
    ) -> Result<Arc<Listing>, Error> {
        let key = (folder.clone(), version);
        let service = Arc::clone(self);
        let list = |_| async move {
            let worker = Arc::clone(&service);
            let list = move |_: &mut _| worker.images.list(&folder);
            Ok(service.workers.run(Lane::Tile, list).await??)
        };
        self.flights.listings.run(key, list).await?
    }

    async fn picture(
        self: &Arc<Self>,
        picture: &Picture<'_>,
        image: &Arc<Image>,
        trace: &mut Trace,
    ) -> Result<Response, Error> {
        let Planned { plan, region, width, height } =
            self.plan(picture.command, picture.view, image).await?;
        let etag = ETag(plan.fingerprint(&image.version));
        let modified = image.modified();
        if not_modified(picture.context.request, etag, modified) {
            return Ok(answer::unchanged(etag, modified));
        }
        let raw = if plan.format == Format::Raw {
            let shape = plan.shape(image.info())?;
            Some((shape, raw::ranges(picture.view, image.info(), &plan.selection, &shape)))
        } else {
            None
        };
        // VisiOmatic names the file itself.
        let named = !(self.documents.visiomatic && picture.protocol == Protocol::Iip);
        let sized = named && matches!(picture.command.action, Action::Region(_));
        let encoded = self.encoded(plan, image, trace).await?;
        let mut response = answer::picture(encoded, etag, modified);
        if let Some((shape, ranges)) = raw {
            response = raw::described(response, &shape, &ranges);
        }
        if sized {
            let post = picture.context.request.method == Some(Method::Post);
            let name = (image.stem(), width, height, picture.view.output.format);
            response = answer::with_file_name(response, name, post);
        }
        if picture.protocol == Protocol::Iiif {
            let full = (image.info().width(), image.info().height());
            let resolved = iiif::Resolved { full, region, size: (width, height) };
            let version = iiif::version(picture.context.request, &self.documents);
            let canonical = iiif::canonical(version, picture.view, &resolved);
            let id = iiif::id(picture.context);
            response = response.header("Link", iiif::image_link(version, &id, &canonical));
        }
        Ok(response)
    }

    async fn plan(
        self: &Arc<Self>,
        command: &Command,
        view: &View,
        image: &Arc<Image>,
    ) -> Result<Planned, Error> {
        let info = image.info();
        let statistics = match plan::statistics_of(view, info) {
            Some(bands) => Some(self.statistics(image, &bands).await?),
            None => None,
        };
        let statistics = statistics.as_deref();
        let profile = image.profile.as_ref().ok().and_then(Option::as_ref);
        let facts = Facts { id: image.id, info, profile, statistics, histogram: None };
        let histogram = match plan::histogram_of(view, &facts, &self.policy)? {
            Some(display) => Some(self.histogram(image, display).await?),
            None => None,
        };
        let facts = Facts { histogram: histogram.as_deref(), ..facts };
        Ok(Plan::resolve(command, &facts, &self.policy)?)
    }

    /// Grey values of the smallest level, shown in this way: kept, in the making, or counted now.
    async fn histogram(
        self: &Arc<Self>,
        image: &Arc<Image>,
        display: Display,
    ) -> Result<Arc<Histogram>, Error> {
        if let Some(histogram) = image.histograms.get(&display.selection, &display.ops) {
            return Ok(histogram);
        }
        let bytes = plan::check_statistics(image.info(), &display.selection.bands, &self.policy)?;
        let (service, image) = (Arc::clone(self), Arc::clone(image));
        let key = (image.id, display.clone());
        let count = |cancel| async move {
            let worker = Arc::clone(&service);
            let counted = service.workers.run(lane(bytes), move |scratch| {
                let histogram =
                    Arc::new(worker.render(&image, &cancel).histogram(&display, scratch)?);
                let Display { selection, ops } = display;
                image.histograms.keep(selection, ops, Arc::clone(&histogram));
                Ok(histogram)
            });
            counted.await?
        };
        self.flights.histograms.run(key, count).await?
    }

    /// Statistics of these bands of the smallest level: kept, in the making, or made now.
    pub async fn statistics(
        self: &Arc<Self>,
        image: &Arc<Image>,
        bands: &Bands,
    ) -> Result<Arc<Statistics>, Error> {
        if let Some(statistics) = image.statistics(bands) {
            return Ok(statistics);
        }
        let bytes = plan::check_statistics(image.info(), bands, &self.policy)?;
        let lane = lane(bytes);
        let (service, image, bands) = (Arc::clone(self), Arc::clone(image), bands.clone());
        let key = (image.id, bands.clone());
        let collect = |cancel| async move {
            let worker = Arc::clone(&service);
            let collected = service.workers.run(lane, move |scratch| {
                let render = worker.render(&image, &cancel);
                let statistics = Arc::new(render.statistics(&bands, scratch)?);
                image.keep_statistics(bands, Arc::clone(&statistics));
                Ok(statistics)
            });
            collected.await?
        };
        self.flights.statistics.run(key, collect).await?
    }

    pub(super) fn render<'a>(&'a self, image: &'a Image, cancel: &'a Cancel) -> Render<'a> {
        Render { image, tiles: &self.tiles, lookups: &self.lookups, cancel }
    }

    /// The finished picture of a plan: kept, in the making, or made now.
    async fn encoded(
        self: &Arc<Self>,
        plan: Plan,
        image: &Arc<Image>,
        trace: &mut Trace,
    ) -> Result<Encoded, Error> {
        if let Some(encoded) = self.tiles.encoded(&plan) {
            trace.outcome = Outcome::Hit;
            return Ok(encoded);
        }
        trace.outcome = Outcome::Miss;
        let lane = match (plan.is_small(image.info()), image.pace.is_short()) {
            (true, true) => Lane::Short,
            (true, false) => Lane::Tile,
            (false, _) => Lane::Region { bytes: plan.memory(image.info())? },
        };
        let plan = Arc::new(plan);
        let (service, image) = (Arc::clone(self), Arc::clone(image));
        let make = {
            let plan = Arc::clone(&plan);
            |cancel| async move {
                let worker = Arc::clone(&service);
                let made = service.workers.run(lane, move |scratch| {
                    scratch.spare = worker.workers.spare();
                    let render = worker.render(&image, &cancel);
                    let (encoded, stages) = render.picture(&plan, scratch)?;
                    if lane.is_small() {
                        image.pace.count(stages.gather + stages.process + stages.encode);
                    }
                    worker.tiles.insert_encoded(plan, encoded.clone());
                    Ok((encoded, stages))
                });
                made.await?
            }
        };
        let (encoded, stages) = self.flights.pictures.run(plan, make).await??;
        trace.stages = stages;
        Ok(encoded)
    }

    /// A block of tiles, column by column (behaviour specification, 12).
    async fn tile_block(
        self: &Arc<Self>,
        range: TileRange,
        command: &Command,
        image: &Arc<Image>,
        trace: &mut Trace,
    ) -> Result<Response, Error> {
        let info = image.info();
        let level = info.level_of_resolution(range.resolution).and_then(|level| info.level(level));
        let level = level.ok_or(PlanError::NoLevel(range.resolution))?;
        let tiles = til::tiles(range, level).ok_or(PlanError::NoTile)?;
        let mut view = View::whole(Format::Jpeg);
        view.output.quality = range.quality;
        let mut body = Vec::new();
        for index in tiles {
            let tile = crate::command::TileSelect::Index { resolution: range.resolution, index };
            let action = Action::Tile { tile, view: view.clone() };
            let single = Command { image: command.image.clone(), action };
            let planned = self.plan(&single, &view, image).await?;
            let encoded = self.encoded(planned.plan, image, trace).await?;
            body.extend(iip::tile_block(range.resolution, index, &encoded.bytes));
        }
        let document = Response::with_body(Status::Ok, iip::MEDIA_TYPE, body);
        Ok(answer::dated(document, image.modified()))
    }
}

/// The lane of a job that reads so many bytes of pixels.
fn lane(bytes: u64) -> Lane {
    if bytes <= Plan::SMALL_BYTES { Lane::Tile } else { Lane::Region { bytes } }
}

/// A command that asks for one picture, and who asked.
struct Picture<'a> {
    command: &'a Command,
    view: &'a View,
    protocol: Protocol,
    context: &'a Context<'a>,
}

/// The image's name in a request, percent-encoded as the client sent it.
fn name<'a>(route: &'a Route<'_>) -> &'a str {
    let (protocol, input) = match route.protocol {
        // `IIIF=...` among the commands of IIP.
        Protocol::Iip => iip::delegated(&route.input).unwrap_or((Protocol::Iip, "")),
        protocol => (protocol, route.input.as_ref()),
    };
    match protocol {
        Protocol::Iiif => iiif::identifier(input),
        Protocol::DeepZoom | Protocol::Iip | Protocol::Zoomify => "",
    }
}
