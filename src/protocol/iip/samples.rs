//! Numbers as IIP words them: profiles, pixels, spectra and statistics.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::http::{Response, Status};
use crate::image::{ChannelHistogram, ChannelStatistics, ImageInfo, PERCENTS};
use crate::protocol::number;

/// Sample values of one image, channel by channel for each pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Name of the image among those of a stack or sequence.
    pub name: Option<String>,
    /// The samples are floating point numbers.
    pub float: bool,
    /// The values; what is missing is NaN.
    pub values: Vec<f64>,
}

/// A point of a spectrum.
#[derive(Clone, Debug, PartialEq)]
pub struct Reflectance {
    /// Name of the band.
    pub wavelength: String,
    /// Its value, or the mean of a rectangle; `None` when nothing is there.
    pub mean: Option<f64>,
    /// Standard deviation, and how many pixels count, of a rectangle.
    pub area: Option<(Option<f64>, u64)>,
}

/// The answer to `PFL` (behaviour specification, 13).
pub fn profile(images: &[Values]) -> Response {
    let list = |image: &Values| {
        let mut text = String::from("[");
        for (place, value) in image.values.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { "," });
            // Writing to a string cannot fail.
            let _ = match value {
                value if !value.is_finite() => text.write_str("null"),
                value if image.float => write!(text, "{value:.9}"),
                value => text.write_str(&number::general(*value, 6)),
            };
        }
        text.push(']');
        text
    };
    let named = |image: &Values| {
        let name = Value::from(image.name.clone().unwrap_or_default());
        format!("{name}: {}", list(image))
    };
    let body = match images {
        [image] if image.name.is_none() => list(image),
        images => {
            let members: Vec<String> = images.iter().map(named).collect();
            format!("{{\n\t\t{}\n\t}}", members.join(",\n\t\t"))
        }
    };
    Response::with_body(Status::Ok, JSON, format!("{{\n\t\"profile\": {body}\n}}"))
}

/// The answer to `VAL`: the exact values of a pixel.
pub fn pixel(images: &[Values]) -> Response {
    let list = |image: &Values| image.values.iter().map(|value| exact(*value)).collect::<Value>();
    let values = match images {
        [image] if image.name.is_none() => list(image),
        images => {
            let named = |image: &Values| (image.name.clone().unwrap_or_default(), list(image));
            Value::Object(images.iter().map(named).collect())
        }
    };
    Response::with_body(Status::Ok, JSON, json!({ "values": values }).to_string())
}

/// The answer to `SPECTRA` (behaviour specification, 13).
pub fn spectrum(points: &[Reflectance]) -> Response {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<spectra>\n");
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.6}"));
    for Reflectance { wavelength, mean, area } in points {
        let (wavelength, mean) = (escaped(wavelength), number(*mean));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\t<point>\n\t\t<wavelength>{wavelength}</wavelength>");
        let _ = writeln!(text, "\t\t<reflectance>{mean}</reflectance>");
        if let Some((deviation, pixels)) = area {
            let _ = writeln!(text, "\t\t<deviation>{}</deviation>", number(*deviation));
            let _ = writeln!(text, "\t\t<pixels>{pixels}</pixels>");
        }
        text.push_str("\t</point>\n");
    }
    text.push_str("</spectra>");
    Response::with_body(Status::Ok, "application/xml", text)
}

/// What `OBJ=statistics` tells of the smallest level.
pub(super) fn statistics(info: &ImageInfo, channels: &[ChannelStatistics], bins: u16) -> String {
    document(
        info,
        channels.iter().map(|channel| {
            let percents = PERCENTS.iter().zip(&channel.percentiles);
            let percentiles: Map<String, Value> =
                percents.map(|(percent, value)| (percent.to_string(), of(*value))).collect();
            json!({
                "count": channel.count,
                "missing": channel.missing,
                "min": of(channel.min),
                "max": of(channel.max),
                "mean": channel.mean,
                "deviation": channel.deviation,
                "percentiles": percentiles,
                "histogram": counts(channel, bins),
            })
        }),
    )
}

/// What `OBJ=histogram` tells of the smallest level.
pub(super) fn histogram(info: &ImageInfo, channels: &[ChannelStatistics], bins: u16) -> String {
    document(info, channels.iter().map(|channel| counts(channel, bins)))
}

fn document(info: &ImageInfo, channels: impl Iterator<Item = Value>) -> String {
    let level = info.levels.last();
    json!({
        "resolution": 0,
        "width": level.map(|level| level.width),
        "height": level.map(|level| level.height),
        "channels": channels.collect::<Value>(),
    })
    .to_string()
}

/// The histogram with so many parts.
fn counts(channel: &ChannelStatistics, bins: u16) -> Value {
    let asked = |histogram: &&ChannelHistogram| histogram.counts.len() == usize::from(bins);
    let histogram = channel.histograms.iter().find(asked);
    histogram.map_or(Value::Null, |ChannelHistogram { min, max, counts }| {
        json!({ "min": of(Some(*min)), "max": of(Some(*max)), "counts": counts })
    })
}

/// A value of single precision, with the digits that single it out.
fn of(value: Option<f32>) -> Value {
    value.map_or(Value::Null, |value| exact(value.into()))
}

/// A number with as few digits as single it out in its precision; what is missing is null.
fn exact(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "where it is single precision anyway")]
    let single = value as f32;
    let exact = f64::from(single).to_bits() == value.to_bits();
    #[expect(clippy::cast_possible_truncation, reason = "integers below 2^53 are exact")]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    if exact {
        Value::from(single.to_string().parse::<f64>().unwrap_or(value))
    } else {
        Value::from(value)
    }
}

/// A text in XML; control characters, which XML has not, are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

const JSON: &str = "application/json";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: &Response) -> &str {
        std::str::from_utf8(response.body()).unwrap()
    }

    fn values(name: Option<&str>, float: bool, values: &[f64]) -> Values {
        Values { name: name.map(str::to_owned), float, values: values.to_vec() }
    }

    #[test]
    fn profiles_have_the_bytes_of_the_specification() {
        // Behaviour specification, 13.
        let rgb = profile(&[values(None, false, &[2.0, 7.0, 255.0, 2.0, 7.0, 255.0])]);
        assert_eq!(text(&rgb), "{\n\t\"profile\": [2,7,255,2,7,255]\n}");
        assert_eq!(rgb.value("Content-Type"), Some("application/json"));
        let float = [0.458_823_532, 0.462_745_1_f32.into()];
        let float = profile(&[values(None, true, &float)]);
        assert_eq!(text(&float), "{\n\t\"profile\": [0.458823532,0.462745100]\n}");
        let bands = [
            values(Some("band0"), false, &[117.0, 117.0, 118.0]),
            values(Some("band1"), false, &[207.0, 207.0, 205.5]),
        ];
        let expected = "{\n\t\"profile\": {\n\t\t\"band0\": [117,117,118],\n\t\t\"band1\": [207,207,205.5]\n\t}\n}";
        assert_eq!(text(&profile(&bands)), expected);
    }

    #[test]
    fn integers_have_six_digits() {
        let large = profile(&[values(None, false, &[1_970_633_000.0, 123_456.0, 1_234_567.0])]);
        assert_eq!(text(&large), "{\n\t\"profile\": [1.97063e+09,123456,1.23457e+06]\n}");
    }

    #[test]
    fn what_is_missing_is_null() {
        for response in [profile, pixel] {
            let answer = response(&[values(None, true, &[f64::NAN, 1.5, f64::INFINITY])]);
            let parsed: Value = serde_json::from_slice(answer.body()).unwrap();
            let list = parsed.as_object().unwrap().values().next().unwrap();
            assert_eq!(*list, json!([null, 1.5, null]));
        }
    }

    #[test]
    fn names_are_escaped() {
        let answer =
            profile(&[values(Some("a \"b\"\n"), false, &[1.0]), values(Some(""), false, &[2.0])]);
        let parsed: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(parsed, json!({ "profile": { "a \"b\"\n": [1], "": [2] } }));
    }

    #[test]
    fn pixels_have_exact_values() {
        let float = values(None, true, &[f64::from(0.1_f32), 4_294_967_295.0, -0.5]);
        assert_eq!(text(&pixel(&[float])), "{\"values\":[0.1,4294967295,-0.5]}");
        let bands = [values(Some("a"), false, &[1.0]), values(Some("b"), false, &[0.1])];
        assert_eq!(text(&pixel(&bands)), "{\"values\":{\"a\":[1],\"b\":[0.1]}}");
    }

    #[test]
    fn spectra_have_the_bytes_of_the_specification() {
        // Behaviour specification, 13.
        let point = |wavelength: &str, mean, area| Reflectance {
            wavelength: wavelength.into(),
            mean,
            area,
        };
        let answer = spectrum(&[point("0", Some(0.004_882_8), None)]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<spectra>\n\t<point>\n\t\t<wavelength>0</wavelength>\n\t\t<reflectance>0.004883</reflectance>\n\t</point>\n</spectra>";
        assert_eq!(text(&answer), expected);
        assert_eq!(answer.value("Content-Type"), Some("application/xml"));
        assert!(text(&spectrum(&[])).ends_with("<spectra>\n</spectra>"));
        let area = point("a<&b\u{1}", None, Some((Some(0.5), 3)));
        let expected = "\t<point>\n\t\t<wavelength>a&lt;&amp;b</wavelength>\n\t\t<reflectance></reflectance>\n\t\t<deviation>0.500000</deviation>\n\t\t<pixels>3</pixels>\n\t</point>\n";
        assert!(text(&spectrum(&[area])).contains(expected));
    }
}
