//! Numbers instead of pictures: profiles, spectra, pixels and statistics, seen from outside.

#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod support;

use serde_json::{Value, json};
use support::Server;
use support::server::Setup;
use support::tiff::{Member, level_size, pixel, plain, stack, vast};

/// A grey TIFF of one strip, little-endian, with its mark for missing values.
fn gray(width: u16, bits: u16, format: u16, nodata: &str, samples: &[u8]) -> Vec<u8> {
    let height = samples.len() / usize::from(width) / usize::from(bits / 8);
    let long = |tag: u16, value: usize| (tag, 4_u16, 1, u32::try_from(value).unwrap());
    let short = |tag: u16, value: u16| (tag, 3_u16, 1, u32::from(value));
    let text = 8 + samples.len();
    let mut fields = vec![
        short(256, width),
        long(257, height),
        short(258, bits),
        short(259, 1),
        short(262, 1),
        long(273, 8),
        short(277, 1),
        long(278, height),
        long(279, samples.len()),
        short(339, format),
    ];
    let mut file = b"II*\0".to_vec();
    let directory = (text + 16).next_multiple_of(2);
    file.extend(u32::try_from(directory).unwrap().to_le_bytes());
    file.extend(samples);
    if !nodata.is_empty() {
        fields.push((42113, 2, u32::try_from(nodata.len() + 1).unwrap(), long(0, text).3));
    }
    file.extend(nodata.bytes());
    file.resize(directory, 0);
    file.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
    for (tag, kind, count, value) in fields {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

fn floats(width: u16, nodata: &str, samples: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    gray(width, 32, 3, nodata, &bytes)
}

fn bands() -> Vec<u8> {
    let member = |red, name, scale| Member { color: [red, 20, 30], name, scale };
    stack(&[
        member(10, Some("band \"0\""), None),
        member(11, Some("band1"), Some(1.5)),
        member(12, None, None),
    ])
}

fn setup() -> Setup {
    let words: Vec<u8> = [0_u16, 13_107, 65_535, 30_069].map(u16::to_le_bytes).concat();
    let longs: Vec<u8> = [4_294_967_295_u32, 1_970_633_000].map(u32::to_le_bytes).concat();
    Setup::new()
        .file("stack.tif", &bands())
        .file("cube_pyr_000_090.tif", &plain([51, 1, 2]))
        .file("cube_pyr_400_090.tif", &plain([102, 1, 2]))
        .file("cube_pyr_1000_090.tif", &plain([255, 1, 2]))
        .file("u16.tif", &gray(4, 16, 1, "", &words))
        .file("u32.tif", &gray(2, 32, 1, "", &longs))
        .file("f32.tif", &floats(5, "-9999", &[0.5, f32::NAN, 0.1, -9999.0, 2.5]))
        .file("wide.tif", &vast((1_100_000, 4), 9))
}

/// The values of a profile of one image.
fn profile(server: &Server, query: &str) -> Value {
    let answer = server.iip(query).expect(200);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    answer.json()["profile"].clone()
}

/// The pixels at these places of a level of the usual picture, as a profile lists them.
fn pixels(level: u32, points: impl IntoIterator<Item = (u32, u32)>) -> Value {
    let values = points.into_iter().flat_map(|(x, y)| pixel(level, x, y));
    values.collect()
}

#[test]
fn profiles_are_runs_of_the_stored_values_without_their_end() {
    let server = Server::start();
    let of = |line: &str| profile(&server, &format!("FIF=a.tif&PFL={line}"));
    assert_eq!(of("2:10,20-13,20"), pixels(0, (10..13).map(|x| (x, 20))));
    assert_eq!(of("2:10,20-10,24"), pixels(0, (20..24).map(|y| (10, y))));
    assert_eq!(of("2:10,20"), pixels(0, [(10, 20)]));
    assert_eq!(of("2:10,20-10,20"), pixels(0, [(10, 20)]));
    // Over the borders of tiles, and up to the last pixel.
    assert_eq!(of("2:250,300-1000,300"), pixels(0, (250..1000).map(|x| (x, 300))));
    assert_eq!(of("1:499,200-499,350"), pixels(1, (200..350).map(|y| (499, y))));
    assert_eq!(of("0:0,0-250,0"), pixels(2, (0..250).map(|x| (x, 0))));
    let answer = server.iip("FIF=a.tif&PFL=2:0,0-2,0");
    let [[r, g, b], next] = [pixel(0, 0, 0), pixel(0, 1, 0)];
    let next = next.map(|value| value.to_string()).join(",");
    assert_eq!(answer.text(), format!("{{\n\t\"profile\": [{r},{g},{b},{next}]\n}}"));
}

#[test]
fn profiles_can_be_diagonal_and_reversed() {
    let server = Server::start();
    let of = |line: &str| profile(&server, &format!("FIF=a.tif&PFL={line}"));
    assert_eq!(of("2:13,20-10,20"), pixels(0, [(13, 20), (12, 20), (11, 20)]));
    assert_eq!(of("2:2,5--1,5"), pixels(0, [(2, 5), (1, 5), (0, 5)]));
    assert_eq!(of("2:100,600-700,0"), pixels(0, (0..600).map(|i| (100 + i, 600 - i))));
    // Heights 0, 0.4, 0.8, 1.2, 1.6.
    let flat = [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)];
    assert_eq!(of("2:0,0-5,2"), pixels(0, flat));
}

#[test]
fn profiles_outside_or_too_long_are_refused() {
    let server = setup().start();
    for line in ["0:250,0", "0:0,175", "0:0,0-251,0", "0:0,0-0,176", "0:5,5--2,5", "0:0,0-400,9"] {
        let answer = server.iip(&format!("FIF=a.tif&PFL={line}")).expect(400);
        assert!(answer.text().contains("outside of the level of 250 x 175"), "{}", answer.text());
    }
    server.iip("FIF=a.tif&PFL=3:0,0").expect(404);
    server.iip("FIF=a.tif&PFL=0:-1,0").expect(400);
    // 13 halvings leave 134 of its columns.
    let answer = server.iip("FIF=wide.tif&PFL=13:0,0-1100000,0").expect(400);
    assert!(answer.text().contains("1048576 are allowed"), "{}", answer.text());
    assert_eq!(profile(&server, "FIF=wide.tif&PFL=13:1099998,3-1100000,3"), json!([9, 9]));
}

#[test]
fn profiles_of_stacks_and_sequences_name_their_images() {
    let server = setup().start();
    let stack = profile(&server, "FIF=stack.tif&PFL=1:300,200-302,200");
    let expected = json!({
        "band \"0\"": [10, 20, 30, 10, 20, 30],
        "band1": [16.5, 30, 45, 16.5, 30, 45],
        "2": [12, 20, 30, 12, 20, 30],
    });
    // 30.0 and 30 are one number.
    let numbers = |value: &Value| {
        let list = value.as_array().unwrap();
        list.iter().map(|value| value.as_f64().unwrap()).collect::<Vec<_>>()
    };
    for name in ["band \"0\"", "band1", "2"] {
        assert_eq!(numbers(&stack[name]), numbers(&expected[name]), "{name}");
    }
    let cube = server.iip("FIF=cube&PFL=1:599,399").expect(200);
    let expected = "{\n\t\"profile\": {\n\t\t\"0\": [51,1,2],\n\t\t\"400\": [102,1,2],\n\t\t\"1000\": [255,1,2]\n\t}\n}";
    assert_eq!(cube.text(), expected);
    server.iip("FIF=cube&PFL=1:600,0").expect(400);
}

#[test]
fn profiles_have_the_numbers_of_iipsrv_and_null_for_nothing() {
    let server = setup().start();
    let text = |query: &str| server.iip(query).expect(200).text().to_owned();
    let float = "{\n\t\"profile\": [0.500000000,null,0.100000001,null,2.500000000]\n}";
    assert_eq!(text("FIF=f32.tif&PFL=0:0,0-5,0"), float);
    let words = "{\n\t\"profile\": [0,13107,65535,30069]\n}";
    assert_eq!(text("FIF=u16.tif&PFL=0:0,0-4,0"), words);
    let longs = "{\n\t\"profile\": [4.29497e+09,1.97063e+09]\n}";
    assert_eq!(text("FIF=u32.tif&PFL=0:0,0-2,0"), longs);
}

/// The text of all elements of this name.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(open.as_str()).skip(1);
    parts.map(|part| part.split(close.as_str()).next().unwrap().to_owned()).collect()
}

fn spectrum(server: &Server, query: &str) -> (Vec<String>, Vec<String>) {
    let answer = server.iip(query).expect(200);
    assert_eq!(answer.header("Content-Type"), Some("application/xml"));
    (elements(answer.text(), "wavelength"), elements(answer.text(), "reflectance"))
}

fn six(value: f64) -> String {
    format!("{value:.6}")
}

#[test]
fn a_spectrum_has_every_band_or_every_image() {
    let server = setup().start();
    // Tile 11 of the full size begins at 768, 512 and is narrower than others.
    let (names, values) = spectrum(&server, "FIF=a.tif&SPECTRA=2,11,7,3");
    assert_eq!(names, ["0", "1", "2"]);
    assert_eq!(values, pixel(0, 775, 515).map(|value| six(f64::from(value) / 255.0)));
    let expected = (["0", "400", "1000"], ["0.200000", "0.400000", "1.000000"]);
    let (names, values) = spectrum(&server, "FIF=cube&SPECTRA=1,2,10,10");
    assert_eq!(
        (names.as_slice(), values.as_slice()),
        (&expected.0.map(String::from)[..], &expected.1.map(String::from)[..])
    );
    let (names, values) = spectrum(&server, "FIF=stack.tif&SPECTRA=0,0,1,1");
    assert_eq!(names, ["band \"0\"", "band1", "2"]);
    // The factor of an image of a stack does not count here.
    assert_eq!(values, [10.0, 11.0, 12.0].map(|value| six(value / 255.0)));
    assert_eq!(spectrum(&server, "FIF=u16.tif&SPECTRA=0,0,1,0").1, ["0.200000"]);
    assert_eq!(spectrum(&server, "FIF=u32.tif&SPECTRA=0,0,0,0").1, ["4294967295.000000"]);
    assert_eq!(spectrum(&server, "FIF=f32.tif&SPECTRA=0,0,2,0").1, ["0.100000"]);
    assert_eq!(spectrum(&server, "FIF=f32.tif&SPECTRA=0,0,1,0").1, [""]);
    let whole = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<spectra>\n\t<point>\n\t\t<wavelength>0</wavelength>\n\t\t<reflectance>1.000000</reflectance>\n\t</point>\n</spectra>";
    assert_eq!(server.iip("FIF=u16.tif&SPECTRA=0,0,2,0").text(), whole);
}

#[test]
fn a_spectrum_outside_of_its_tile_is_refused() {
    let server = setup().start();
    let answer = server.iip("FIF=a.tif&SPECTRA=2,0,256,0").expect(400);
    assert!(answer.text().contains("coordinates are outside of the tile"), "{}", answer.text());
    server.iip("FIF=a.tif&SPECTRA=2,0,0,256").expect(400);
    server.iip("FIF=a.tif&SPECTRA=2,12,0,0").expect(404);
    server.iip("FIF=a.tif&SPECTRA=3,0,0,0").expect(404);
    // Inside of a whole tile, outside of this one (behaviour specification, 13).
    let empty = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<spectra>\n</spectra>";
    assert_eq!(server.iip("FIF=a.tif&SPECTRA=2,11,232,0").expect(200).text(), empty);
}

#[test]
fn a_spectrum_of_a_rectangle_has_mean_and_deviation() {
    let server = setup().start();
    // Of tiles 0, 1, 4 and 5.
    let answer = server.iip("FIF=a.tif&SPECTRA=2,0,200,240,100,30").expect(200);
    let (left, top, width, height) = (200, 240, 100, 30);
    let count = f64::from(width * height);
    for channel in 0..3 {
        let values = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
        let values: Vec<f64> =
            values.map(|(x, y)| f64::from(pixel(0, x, y)[channel]) / 255.0).collect();
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        assert_eq!(elements(answer.text(), "reflectance")[channel], six(mean));
        assert_eq!(elements(answer.text(), "deviation")[channel], six((squares / count).sqrt()));
        assert_eq!(elements(answer.text(), "pixels")[channel], "3000");
    }
    // Mean of 0.5, 0.1 and 2.5; deviation by numpy.std.
    let answer = server.iip("FIF=f32.tif&SPECTRA=0,0,0,0,5,1").expect(200);
    assert_eq!(elements(answer.text(), "reflectance"), ["1.033333"]);
    assert_eq!(elements(answer.text(), "deviation"), ["1.049868"]);
    assert_eq!(elements(answer.text(), "pixels"), ["3"]);
    for outside in ["2,11,231,0,2,1", "2,0,0,0,0,1", "2,0,0,0,4294967295,4294967295"] {
        server.iip(&format!("FIF=a.tif&SPECTRA={outside}")).expect(400);
    }
    let answer = server.iip("FIF=wide.tif&SPECTRA=13,0,0,0,1100000,1").expect(400);
    assert!(answer.text().contains("4096 are allowed"), "{}", answer.text());
}

#[test]
fn a_pixel_has_its_exact_values() {
    let server = setup().start();
    let [r, g, b] = pixel(0, 999, 699);
    let answer = server.iip("FIF=a.tif&VAL=999,699").expect(200);
    assert_eq!(answer.text(), format!("{{\"values\":[{r},{g},{b}]}}"));
    let value = |query: &str| server.iip(query).expect(200).json()["values"].clone();
    assert_eq!(value("FIF=u32.tif&VAL=0,0"), json!([4_294_967_295_u32]));
    assert_eq!(value("FIF=f32.tif&VAL=2,0"), json!([0.1]));
    assert_eq!(value("FIF=f32.tif&VAL=1,0"), json!([null]));
    assert_eq!(value("FIF=f32.tif&VAL=3,0"), json!([null]));
    let bands = value("FIF=stack.tif&VAL=5,5");
    assert_eq!((&bands["2"], &bands["band1"][0]), (&json!([12, 20, 30]), &json!(16.5)));
    server.iip("FIF=a.tif&VAL=1000,0").expect(400);
    server.iip("FIF=a.tif&VAL=0,-1").expect(400);
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn statistics_are_those_of_the_smallest_level() {
    let server = setup().start();
    let answer = server.get("/iip?FIF=a.tif&OBJ=statistics").expect(200);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    let told = answer.json();
    let (width, height) = level_size(2);
    assert_eq!(told["resolution"], 0);
    assert_eq!((&told["width"], &told["height"]), (&json!(width), &json!(height)));
    let histogram = server.iip("FIF=a.tif&OBJ=histogram").expect(200).json();
    for channel in 0..3 {
        let all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let mut values: Vec<u8> = all.map(|(x, y)| pixel(2, x, y)[channel]).collect();
        values.sort_unstable();
        let count = values.len();
        let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum();
        let told = &told["channels"][channel];
        assert_eq!((&told["count"], &told["missing"]), (&json!(count), &json!(0)));
        assert_eq!((&told["min"], &told["max"]), (&json!(values[0]), &json!(values[count - 1])));
        assert!((told["mean"].as_f64().unwrap() - mean).abs() < 1e-9);
        let deviation = (squares / count as f64).sqrt();
        assert!((told["deviation"].as_f64().unwrap() - deviation).abs() < 1e-9);
        // 43,749 steps between 43,750 values: neighbours of 25 per cent are 10,937 and 10,938.
        let (low, high) = (f64::from(values[10_937]), f64::from(values[10_938]));
        let quarter = told["percentiles"]["25"].as_f64().unwrap();
        assert!((quarter - (low + 0.25 * (high - low))).abs() < 1e-4, "{quarter}");
        assert_eq!(told["percentiles"].as_object().unwrap().len(), 11);
        let mut counts = vec![0_u64; 256];
        for value in &values {
            counts[usize::from(*value)] += 1;
        }
        assert_eq!(told["histogram"], json!({ "min": 0, "max": 255, "counts": counts }));
        assert_eq!(told["histogram"], histogram["channels"][channel]);
    }
}

#[test]
fn missing_values_are_counted_apart() {
    let server = setup().start();
    let answer = server.iip("FIF=f32.tif&OBJ=statistics,2").expect(200).json();
    let channel = &answer["channels"][0];
    assert_eq!((&channel["count"], &channel["missing"]), (&json!(3), &json!(2)));
    assert_eq!((&channel["min"], &channel["max"]), (&json!(0.1), &json!(2.5)));
    assert_eq!(channel["percentiles"]["50"], json!(0.5));
    assert_eq!(channel["histogram"], json!({ "min": 0.1, "max": 2.5, "counts": [2, 1] }));
}

/// What `VisiOmatic` 2 asks for when it opens an image.
const OPENING: &str = "FIF=a.tif&obj=IIP,1.0&obj=max-size&obj=tile-size&obj=resolution-number\
                       &obj=bits-per-channel&obj=min-max-sample-values&obj=subject";

#[test]
fn visiomatic_finds_all_it_asks_for() {
    let server = Setup::new().set("VISIOMATIC", "1").start();
    let answer = server.iip(OPENING).expect(200);
    let lines = "IIP:1.0\r\nMax-size:1000 700\r\nTile-size:256 256\r\nResolution-number:3\r\n\
                 Bits-per-channel:8\r\nMin-Max-sample-values: 0  255  0  255  0  255\r\n\
                 subject/0:\r\n";
    assert_eq!(answer.text(), lines);
    assert_eq!(answer.header("IIP"), Some("1.0"));
    // What is unknown is said behind what is known.
    let answer = server.iip("FIF=a.tif&obj=max-size&obj=Nothing&obj=tile-size").expect(200);
    let lines = "Max-size:1000 700\r\nTile-size:256 256\r\nError/11:3 2 nothing\r\n";
    assert_eq!(answer.text(), lines);
    assert_eq!(server.iip("FIF=a.tif&obj=Nothing").text(), "Error/11:3 2 nothing\r\n");
    let answer = server.iip("FIF=a.tif&WID=100&CVT=jpeg").expect(200);
    assert_eq!(answer.header("Content-Disposition"), None);
}

#[test]
fn without_the_setting_old_clients_get_what_iipsrv_says() {
    let server = Server::start();
    assert_eq!(server.iip(OPENING).expect(200).text(), "Error/11:3 2 subject\r\n");
    let answer = server.iip("FIF=a.tif&obj=IIP,1.0&obj=max-size").expect(200);
    assert_eq!(answer.text(), "Max-size:1000 700\r\n");
    let answer = server.iip("FIF=a.tif&WID=100&CVT=jpeg").expect(200);
    assert!(answer.header("Content-Disposition").is_some());
}
