//! Geometry as clients see it. Numbers come from the behaviour specification and from arithmetic.

use super::*;
use crate::command::{
    Action, Adjust, Colormap, Curve, Excess, Fit, Kernel, Limit, Matrix, Orient, Output, Region,
    Size, TileSelect, Upscale, View,
};
use crate::image::{Bands, FileVersion, ImageIds, Level, Range};
use crate::process::Bounds;
use crate::raster::{ColorSpace, SampleType, Shape};
use proptest::prelude::*;

fn image(levels: &[(u32, u32)], tile: u32) -> ImageInfo {
    let level = |&(width, height)| Level { width, height, tile_width: tile, tile_height: tile };
    let rgb = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
    ImageInfo::new(levels.iter().map(level).collect(), rgb)
}

fn plan(info: &ImageInfo, action: Action) -> Result<Planned, PlanError> {
    let id = ImageIds::default().id("a", (0, 90), &FileVersion::default());
    let facts = Facts { id, info, profile: None, statistics: None, histogram: None };
    Plan::resolve(&Command { image: None, action }, &facts, &Policy::default())
}

fn iiif(region: Region, fit: Fit) -> Action {
    let view = View {
        region,
        size: Size { fit, upscale: Upscale::Refuse, excess: Excess::Refuse },
        ..View::whole(Format::Jpeg)
    };
    Action::Region(view)
}

fn pixels(x: u32, y: u32, width: u32, height: u32) -> Region {
    Region::Pixels { x, y, width, height }
}

fn tile(level: u8, column: u32, row: u32) -> Source {
    Source::Tile(TileRef { level, column, row })
}

const FLOOR: &[(u32, u32)] = &[(1001, 601), (500, 300), (250, 150)];

#[test]
fn regions_use_the_smallest_level_that_is_large_enough() {
    // Behaviour specification, 9.3.
    let info = image(FLOOR, 256);
    for (width, level) in [(100, 2), (250, 2), (251, 1), (501, 0), (2000, 0)] {
        let mut view = View::whole(Format::Jpeg);
        view.size.fit = Fit::Width(width);
        let planned = plan(&info, Action::Region(view)).unwrap();
        let found = match planned.plan.source {
            Source::Region { level, .. } => level,
            Source::Tile(at) => at.level,
        };
        assert_eq!(found, level, "{width}");
    }
}

#[test]
fn a_region_that_has_the_size_of_its_level_is_copied_not_resized() {
    // Behaviour specification, 9.3: RGN=.25,.25,.5,.5&WID=250 is 125,75,250,150 of level 1.
    let info = image(FLOOR, 64);
    let quarter = Finite::new(0.25).unwrap();
    let half = Finite::new(0.5).unwrap();
    let mut view = View::whole(Format::Jpeg);
    view.region = Region::Ratio { x: quarter, y: quarter, width: half, height: half };
    view.size.fit = Fit::Width(250);
    let planned = plan(&info, Action::Region(view)).unwrap();
    let rect = Rect { x: 125, y: 75, width: 250, height: 150 };
    assert_eq!(planned.plan.source, Source::Region { level: 1, rect });
    assert_eq!(planned.plan.ops, []);
}

#[test]
fn aligned_iiif_requests_are_stored_tiles() {
    let info = image(FLOOR, 256);
    let cases = [
        (pixels(0, 0, 256, 256), (256, 256), tile(0, 0, 0)),
        (pixels(768, 512, 233, 89), (233, 89), tile(0, 3, 2)),
        (pixels(512, 0, 489, 512), (244, 256), tile(1, 1, 0)),
        (Region::Full, (250, 150), tile(2, 0, 0)),
        (pixels(0, 0, 1001, 601), (250, 150), tile(2, 0, 0)),
    ];
    for (region, (width, height), source) in cases {
        let planned = plan(&info, iiif(region, Fit::Exact { width, height })).unwrap();
        assert_eq!(planned.plan.source, source, "{region:?}");
        assert_eq!(planned.plan.ops, [], "{region:?}");
        assert!(planned.plan.passthrough);
    }
}

#[test]
fn clients_that_round_level_sizes_up_get_exactly_what_they_ask() {
    // 489 pixels at half size are 244.5: OpenSeadragon asks for 245, the level has 244.
    let info = image(FLOOR, 256);
    let fit = Fit::Exact { width: 245, height: 256 };
    let planned = plan(&info, iiif(pixels(512, 0, 489, 512), fit)).unwrap();
    assert_eq!(planned.plan.source, tile(1, 1, 0));
    assert!(
        matches!(planned.plan.ops[..], [Op::Resize { width: 245, height: 256, .. }]),
        "{:?}",
        planned.plan.ops
    );
}

#[test]
fn half_a_turn_turns_the_region_asked_for_and_counts_iip_tiles_from_the_end() {
    let info = image(&[(1000, 700), (500, 350), (250, 175)], 256);
    let upside_down = Orient { mirror: false, degrees: Finite::from(180) };
    let mut view = View::whole(Format::Jpeg);
    view.orient = upside_down;
    view.region = pixels(0, 0, 256, 256);
    let planned = plan(&info, Action::Region(view.clone())).unwrap();
    assert_eq!(planned.plan.source, tile(0, 0, 0));
    assert_eq!(planned.plan.ops, [Op::Turn(2)]);
    let select = TileSelect::Index { resolution: 2, index: 0 };
    let planned = plan(&info, Action::Tile { tile: select, view: view.clone() }).unwrap();
    assert_eq!(planned.plan.source, tile(0, 3, 2));
    let beyond = TileSelect::Index { resolution: 2, index: 99 };
    let refused = plan(&info, Action::Tile { tile: beyond, view });
    assert_eq!(refused, Err(PlanError::NoTile));
}

#[test]
fn deepzoom_levels_exist_down_to_one_pixel() {
    let info = image(&[(1000, 700), (500, 350), (250, 175)], 256);
    let at = |level, column, row| {
        let tile = TileSelect::DeepZoom { level, column, row };
        plan(&info, Action::Tile { tile, view: View::whole(Format::Jpeg) })
    };
    let size = |planned: Planned| (planned.width, planned.height);
    // Behaviour specification, 15: level 10 is full size, and sizes are rounded up.
    assert_eq!(at(10, 3, 2).unwrap().plan.source, tile(0, 3, 2));
    assert_eq!(at(9, 1, 1).unwrap().plan.source, tile(1, 1, 1));
    assert_eq!(at(8, 0, 0).unwrap().plan.source, tile(2, 0, 0));
    assert_eq!(size(at(7, 0, 0).unwrap()), (125, 88));
    assert_eq!(size(at(0, 0, 0).unwrap()), (1, 1));
    assert_eq!(at(11, 0, 0), Err(PlanError::NoLevel(11)));
    assert_eq!(at(9, 2, 0), Err(PlanError::NoTile));
}

#[test]
fn zoomify_tier_0_is_one_tile() {
    let info = image(&[(512, 512), (256, 256), (128, 128), (64, 64)], 128);
    let at = |tier, column, row| {
        let tile = TileSelect::Zoomify { tier, column, row };
        plan(&info, Action::Tile { tile, view: View::whole(Format::Jpeg) })
    };
    assert_eq!(at(0, 0, 0).unwrap().plan.source, tile(2, 0, 0));
    assert_eq!(at(2, 3, 3).unwrap().plan.source, tile(0, 3, 3));
    assert!(at(3, 0, 0).is_err());
}

#[test]
fn a_picture_of_too_many_source_pixels_is_refused_with_advice() {
    let info = image(&[(100_000, 100_000)], 256);
    let error = plan(&info, iiif(Region::Full, Fit::Width(100))).unwrap_err();
    assert!(matches!(error, PlanError::SourceTooLarge { .. }));
    assert!(error.to_string().contains("--pyramid"));
}

#[test]
fn the_histogram_of_an_image_without_small_levels_is_not_counted() {
    let display = |levels| {
        let (info, id) = (image(levels, 256), ImageIds::default());
        let id = id.id("a", (0, 90), &FileVersion::default());
        let facts = Facts { id, info: &info, profile: None, statistics: None, histogram: None };
        let view = View { color: ColorMode::Bitonal, ..View::whole(Format::Jpeg) };
        histogram_of(&view, &facts, &Policy::default())
    };
    let flat = display(&[(100_000, 100_000)]);
    assert!(matches!(flat, Err(PlanError::SourceTooLarge { .. })));
    assert!(matches!(display(&[(100_000, 100_000), (500, 500)]), Ok(Some(_))));
}

#[test]
fn formats_without_an_encoder_are_refused() {
    let info = image(FLOOR, 256);
    let view = View { output: Output::new(Format::Avif), ..View::whole(Format::Jpeg) };
    let planned = plan(&info, Action::Region(view));
    if !Format::Avif.is_encoded() {
        assert_eq!(planned, Err(PlanError::Format("avif")));
    }
}

#[test]
fn regions_outside_are_refused_and_regions_over_the_edge_are_cut() {
    let info = image(FLOOR, 256);
    let outside = plan(&info, iiif(pixels(1001, 0, 10, 10), Fit::Natural));
    assert_eq!(outside, Err(PlanError::EmptyRegion { width: 1001, height: 601 }));
    let cut = plan(&info, iiif(pixels(900, 600, 500, 500), Fit::Natural)).unwrap();
    assert_eq!((cut.width, cut.height), (101, 1));
    let huge = pixels(1000, 600, u32::MAX, u32::MAX);
    let cut = plan(&info, iiif(huge, Fit::Natural)).unwrap();
    assert_eq!(cut.region, Rect { x: 1000, y: 600, width: 1, height: 1 });
}

#[test]
fn square_is_the_whole_shorter_side() {
    // The reference made 699 x 699 of 1000 x 700.
    let info = image(&[(1000, 700)], 256);
    let planned = plan(&info, iiif(Region::Square, Fit::Natural)).unwrap();
    assert_eq!((planned.width, planned.height), (700, 700));
    assert_eq!(planned.region, Rect { x: 150, y: 0, width: 700, height: 700 });
}

/// A pyramid that halves, rounding down or up, with two tile sizes.
fn pyramid() -> impl Strategy<Value = ImageInfo> {
    (1_u32..5000, 1_u32..5000, 0_u32..6, any::<bool>(), 16_u32..300).prop_map(
        |(width, height, halvings, up, tile)| {
            let side =
                |side: u32, k: u32| if up { side.div_ceil(1 << k) } else { (side >> k).max(1) };
            let levels: Vec<_> =
                (0..=halvings).map(|k| (side(width, k), side(height, k))).collect();
            image(&levels, tile)
        },
    )
}

proptest! {
    #[test]
    fn sources_lie_inside_their_level_and_have_pixels(
        info in pyramid(),
        (x, y, w, h) in (0_u32..6000, 0_u32..6000, 1_u32..6000, 1_u32..6000),
        (width, height) in (1_u32..3000, 1_u32..3000),
    ) {
        let mut view = View::whole(Format::Png);
        view.region = pixels(x, y, w, h);
        view.size.fit = Fit::Exact { width, height };
        let Ok(planned) = plan(&info, Action::Region(view)) else {
            prop_assert!(x >= info.width() || y >= info.height());
            return Ok(());
        };
        prop_assert_eq!((planned.width, planned.height), (width, height));
        let shape = steps::source_shape(&info, planned.plan.source, &planned.plan.selection).unwrap();
        if let Source::Region { level, rect } = planned.plan.source {
            let level = info.level(level).unwrap();
            prop_assert_eq!(rect.intersection(&level.rect()), Some(rect));
        }
        let mut shape = shape;
        for op in &planned.plan.ops {
            if let Op::Resize { part, .. } = op {
                prop_assert!(part.x.value() >= 0.0 && part.y.value() >= 0.0);
                let right = part.x.value() + part.width.value();
                let bottom = part.y.value() + part.height.value();
                prop_assert!(right <= f64::from(shape.width) + 1e-6, "{right} {shape:?}");
                prop_assert!(bottom <= f64::from(shape.height) + 1e-6);
            }
            shape = op.shape(shape).unwrap();
        }
        prop_assert_eq!((shape.width, shape.height), (width, height));
    }

    #[test]
    fn every_deepzoom_tile_exists_at_its_size(info in pyramid(), seed in any::<u32>()) {
        let pyramid = crate::image::DeepZoomPyramid::new(
            info.width(), info.height(), info.levels[0].tile_width,
        );
        let level = seed % pyramid.levels();
        let (width, height) = pyramid.level_size(level).unwrap();
        let tile = info.levels[0].tile_width;
        let (column, row) = (width.div_ceil(tile) - 1, height.div_ceil(tile) - 1);
        let rect = pyramid.tile(level, column, row).unwrap();
        let select = TileSelect::DeepZoom { level, column, row };
        let view = View::whole(Format::Jpeg);
        let planned = plan(&info, Action::Tile { tile: select, view }).unwrap();
        prop_assert_eq!((planned.width, planned.height), (rect.width, rect.height));
    }

    #[test]
    fn tiles_that_viewers_ask_for_never_need_another_level(
        info in pyramid(),
        level in 0_usize..6,
        seed in any::<u64>(),
    ) {
        // IIIF implementation notes: region in full-size pixels, size rounded up.
        let Some(stored) = info.levels.get(level) else { return Ok(()) };
        let scale = 1_u32 << level;
        let (column, row) = stored.position(seed % stored.tiles()).unwrap();
        let (x, y) = (column * stored.tile_width * scale, row * stored.tile_height * scale);
        prop_assume!(x < info.width() && y < info.height());
        let w = (stored.tile_width * scale).min(info.width() - x);
        let h = (stored.tile_height * scale).min(info.height() - y);
        let fit = Fit::Exact { width: w.div_ceil(scale), height: h.div_ceil(scale) };
        let planned = plan(&info, iiif(pixels(x, y, w, h), fit)).unwrap();
        // Only where a level has degenerate sides are its true scales far from a power of two.
        if stored.width > 32 && stored.height > 32 {
            let index = u8::try_from(level).unwrap();
            prop_assert_eq!(planned.plan.source, tile(index, column, row));
        }
    }
}

/// The plan of the first tile of an image of such pixels.
fn first_tile(kind: Shape, change: impl FnOnce(&mut ImageInfo, &mut View, &mut Policy)) -> Plan {
    let level = Level { width: 500, height: 300, tile_width: 256, tile_height: 256 };
    let mut info = ImageInfo::new(vec![level], kind);
    let (mut view, mut policy) = (View::whole(Format::Jpeg), Policy::default());
    change(&mut info, &mut view, &mut policy);
    let id = ImageIds::default().id("a", (0, 90), &FileVersion::default());
    let facts = Facts { id, info: &info, profile: None, statistics: None, histogram: None };
    let tile = TileSelect::Index { resolution: 0, index: 0 };
    let command = Command { image: None, action: Action::Tile { tile, view } };
    Plan::resolve(&command, &facts, &policy).unwrap().plan
}

fn kind(channels: u16, sample: SampleType, color: ColorSpace) -> Shape {
    Shape::new(1, 1, channels, sample, color)
}

#[test]
fn deep_samples_become_eight_bits_first() {
    let gray = kind(1, SampleType::U16, ColorSpace::Gray);
    let plan = first_tile(gray, |info, _, _| info.bits = 12);
    assert_eq!(plan.ops, [Op::Scale8(12)]);
    assert!(!plan.passthrough, "stored samples are not what is shown");

    let float = kind(3, SampleType::F32, ColorSpace::Rgb);
    let plan = first_tile(float, |info, _, _| {
        info.ranges = vec![Range { min: -1.0, max: 3.0 }; 3];
        info.nodata = Some(-9999.0);
    });
    let bounds = vec![Bounds { min: finite(-1.0), max: finite(3.0) }; 3].into();
    let nodata = Some(finite(-9999.0));
    let quantize = Op::Quantize { sample: SampleType::U8, transparent: false };
    assert_eq!(plan.ops, [Op::Normalize { bounds, nodata }, quantize]);
}

#[test]
fn of_many_bands_only_those_that_are_shown_are_read() {
    for (channels, shown) in [(2, 1), (3, 3), (6, 3), (160, 3)] {
        let bands = kind(channels, SampleType::U8, ColorSpace::Multiband);
        let plan = first_tile(bands, |_, _, _| {});
        assert_eq!(plan.selection.bands, Bands::first(shown), "{channels}");
        assert_eq!(plan.ops, []);
    }
    let rgb = first_tile(kind(3, SampleType::U8, ColorSpace::Rgb), |_, _, _| {});
    assert_eq!(rgb.selection.bands, Bands::All);
}

#[test]
fn quality_layers_follow_the_request_and_the_setting() {
    // Behaviour specification, 7.5, of an image with 12 layers; `None` is all of them.
    let cases = [
        // MAX_LAYERS, LYR, layers
        (0, None, Some(6)),
        (0, Some(0), Some(6)),
        (0, Some(3), Some(3)),
        (0, Some(-1), None),
        (0, Some(99), None),
        (-1, None, None),
        (-1, Some(2), Some(2)),
        (5, None, Some(5)),
        (5, Some(3), Some(3)),
        (5, Some(8), Some(5)),
        (5, Some(-1), Some(5)),
    ];
    for (most, asked, expected) in cases {
        let gray = kind(1, SampleType::U8, ColorSpace::Gray);
        let plan = first_tile(gray, |info, view, policy| {
            (info.layers, view.layers, policy.max_layers) = (12, asked, most);
        });
        let layers = plan.selection.layers.map(std::num::NonZeroU16::get);
        assert_eq!(layers, expected, "MAX_LAYERS={most}, LYR={asked:?}");
    }
}

fn finite(value: f64) -> Finite {
    Finite::new(value).unwrap()
}

fn bounds(ranges: &[(f64, f64)]) -> Box<[Bounds]> {
    ranges.iter().map(|(min, max)| Bounds { min: finite(*min), max: finite(*max) }).collect()
}

fn matrix(rows: &[&[f64]]) -> Matrix {
    let rows = rows.iter().map(|row| row.iter().map(|weight| finite(*weight)).collect());
    Matrix::new(rows.collect()).unwrap()
}

#[test]
fn operations_have_one_order_whatever_that_of_the_request() {
    let (level, policy) =
        (Level { width: 64, height: 64, tile_width: 64, tile_height: 64 }, Policy::default());
    let normals = ImageInfo::new(vec![level], kind(3, SampleType::U16, ColorSpace::Rgb));
    let kernel = Kernel::new(&[Finite::ONE; 9]).unwrap();
    let range = (Limit::Value(finite(10.0)), Limit::Value(finite(200.0)));
    let mut adjust = vec![
        Adjust::Contrast(finite(1.5)),
        Adjust::Convolve(kernel.clone()),
        Adjust::Colormap(Colormap::Hot),
        Adjust::Invert,
        Adjust::Curve(Curve::Log),
        Adjust::Twist(matrix(&[&[0.5]])),
        Adjust::Shade { azimuth: 45, elevation: 30, z: Finite::ONE },
        Adjust::Range { channel: Some(1), min: range.0, max: range.1 },
    ];
    let expected = [
        Op::Normalize {
            bounds: bounds(&[(0.0, 65_535.0), (10.0, 200.0), (0.0, 65_535.0)]),
            nodata: None,
        },
        Op::Shade { azimuth: 45, elevation: 30 },
        Op::Twist(matrix(&[&[0.5]])),
        Op::Curve(Curve::Log),
        Op::Invert,
        Op::Colormap(Colormap::Hot),
        Op::Convolve { kernel, margin: Margin::default() },
        Op::Contrast(finite(1.5)),
        Op::Quantize { sample: SampleType::U8, transparent: false },
    ];
    for _ in 0..2 {
        let view = View { adjust: adjust.clone(), ..View::whole(Format::Png) };
        let id = ImageIds::default().id("a", (0, 90), &FileVersion::default());
        let facts = Facts { id, info: &normals, profile: None, statistics: None, histogram: None };
        let command = Command { image: None, action: Action::Region(view) };
        let plan = Plan::resolve(&command, &facts, &policy).unwrap().plan;
        assert_eq!(plan.ops, expected);
        adjust.reverse();
    }
}

#[test]
fn bands_without_weight_are_not_read() {
    let bands = kind(160, SampleType::U8, ColorSpace::Multiband);
    let twisted = |rows: &[&[f64]]| {
        let rows = matrix(rows);
        let plan = first_tile(bands, |_, view, _| view.adjust.push(Adjust::Twist(rows)));
        let twist = plan.ops.iter().find_map(|op| match op {
            Op::Twist(matrix) => Some(matrix.clone()),
            _ => None,
        });
        (plan.selection.bands, twist.unwrap())
    };
    let (read, twist) = twisted(&[&[0.0, 0.0, 2.0], &[0.0], &[0.0, 0.0, 0.0, 0.0, 3.0]]);
    assert_eq!(read, Bands::Only([2, 4].into()));
    assert_eq!(twist, matrix(&[&[2.0, 0.0], &[0.0, 0.0], &[0.0, 3.0]]));
    assert_eq!(twisted(&[&[0.0]]).0, Bands::Only([0].into()));
}

#[test]
fn a_tile_is_read_with_the_pixels_its_neighbours_share() {
    let kernel = Kernel::new(&[Finite::ONE; 25]).unwrap();
    let gray = kind(1, SampleType::F32, ColorSpace::Gray);
    let plan = first_tile(gray, |info, view, _| {
        info.levels[0] = Level { width: 500, height: 300, tile_width: 256, tile_height: 256 };
        view.adjust.push(Adjust::Convolve(kernel));
        view.adjust.push(Adjust::Shade { azimuth: 315, elevation: 45, z: finite(3.0) });
    });
    // Three pixels to the right and below: one for the slope, two for the kernel.
    let rect = Rect { x: 0, y: 0, width: 259, height: 259 };
    assert_eq!(plan.source, Source::Region { level: 0, rect });
    let margins: Vec<Margin> = plan
        .ops
        .iter()
        .filter_map(|op| match op {
            Op::Convolve { margin, .. } | Op::Relief { margin, .. } => Some(*margin),
            _ => None,
        })
        .collect();
    let margin = |pixels| Margin { right: pixels, bottom: pixels, ..Margin::default() };
    assert_eq!(margins, [margin(1), margin(2)]);
    let Some(Op::Normalize { bounds: range, .. }) = plan.ops.first() else { panic!("{plan:?}") };
    assert_eq!(*range, bounds(&[(0.0, 1.0)]), "heights stay as they are");
}

#[test]
fn slopes_are_those_of_the_full_size_on_every_level() {
    let levels = [(500, 300), (250, 100)].map(|(width, height)| Level {
        width,
        height,
        tile_width: 256,
        tile_height: 256,
    });
    let plan = first_tile(kind(1, SampleType::F32, ColorSpace::Gray), |info, view, _| {
        info.levels = levels.to_vec();
        view.adjust.push(Adjust::Shade { azimuth: 0, elevation: 0, z: finite(6.0) });
    });
    // Resolution 0: pixels are 2 wide and 3 high.
    let Some(Op::Relief { light, .. }) = plan.ops.get(1) else { panic!("{plan:?}") };
    assert_eq!((light.across, light.down), (finite(3.0), finite(2.0)));
}

#[test]
fn missing_values_are_transparent_where_the_format_can() {
    let quantized = |sample, format, nodata| {
        let kind = kind(1, sample, ColorSpace::Gray);
        let plan = first_tile(kind, |info, view, _| {
            (view.output.format, info.nodata) = (format, nodata);
        });
        plan.ops.iter().find_map(|op| match op {
            Op::Quantize { transparent, .. } => Some(*transparent),
            _ => None,
        })
    };
    assert_eq!(quantized(SampleType::F32, Format::Png, None), Some(true));
    assert_eq!(quantized(SampleType::F32, Format::Jpeg, None), Some(false));
    assert_eq!(quantized(SampleType::U16, Format::Png, Some(0.0)), Some(true));
    assert_eq!(quantized(SampleType::U16, Format::Png, None), None);
}

#[test]
fn ranges_have_no_meaning_for_colours_that_were_lab() {
    // Behaviour specification, 10.2.
    let shape = Shape::new(1, 1, 3, SampleType::F32, ColorSpace::Rgb);
    let level = Level { width: 100, height: 100, tile_width: 100, tile_height: 100 };
    let info = ImageInfo { from_lab: true, ..ImageInfo::new(vec![level], shape) };
    let ops = |adjust: Vec<Adjust>, format| {
        let view = View { adjust, ..View::whole(format) };
        plan(&info, Action::Region(view)).unwrap().plan.ops
    };
    let limit = |value| Limit::Value(Finite::new(value).unwrap());
    let range = Adjust::Range { channel: None, min: limit(20.0), max: limit(200.0) };
    let unit = Bounds { min: Finite::ZERO, max: Finite::ONE };
    for format in [Format::Jpeg, Format::Png] {
        let plain = ops(Vec::new(), format);
        assert_eq!(plain[0], Op::Normalize { bounds: vec![unit; 3].into(), nodata: None });
        // Nothing is missing, so nothing is transparent.
        assert_eq!(plain[1], Op::Quantize { sample: SampleType::U8, transparent: false });
        assert_eq!(plain.len(), 2);
        assert_eq!(ops(vec![range.clone()], format), plain);
    }
}
