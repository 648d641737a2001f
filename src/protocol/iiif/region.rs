//! Region: `full`, `square`, `x,y,w,h` or `pct:x,y,w,h`.

use super::fields::{decimal, fields, percent_of};
use crate::command::{Finite, Region};
use crate::protocol::{ParseError, strict};

/// Reads a region, percent-decoded.
pub(super) fn read(text: &str) -> Result<Region, ParseError> {
    if text.eq_ignore_ascii_case("full") {
        return Ok(Region::Full);
    }
    if text.eq_ignore_ascii_case("square") {
        return Ok(Region::Square);
    }
    match percent_of(text) {
        Some(percents) => ratio(percents),
        None => pixels(text),
    }
}

/// Whether a path segment is meant as a region.
pub(super) fn looks_like(text: &str) -> bool {
    text.eq_ignore_ascii_case("full")
        || text.eq_ignore_ascii_case("square")
        || percent_of(text).is_some()
        || text.split(',').count() == 4
}

fn pixels(text: &str) -> Result<Region, ParseError> {
    let numbers = fields::<4>(text).and_then(|fields| {
        let [x, y, width, height] = fields.map(strict::integer);
        Some((x?, y?, width?, height?))
    });
    let (x, y, width, height) = numbers.ok_or_else(|| ParseError::new(FIELD, USAGE))?;
    if width == 0 || height == 0 {
        return Err(ParseError::new(FIELD, EMPTY));
    }
    Ok(Region::Pixels { x, y, width, height })
}

fn ratio(percents: &str) -> Result<Region, ParseError> {
    let numbers = fields::<4>(percents).and_then(|fields| {
        let [x, y, width, height] = fields.map(decimal);
        Some((x?, y?, width?, height?))
    });
    let (x, y, width, height) = numbers.ok_or_else(|| ParseError::new(FIELD, USAGE))?;
    if x >= 100.0 || y >= 100.0 {
        return Err(ParseError::new(FIELD, "begins outside of the image"));
    }
    // A region may run over the edge; a fraction above 1 means the same as 1.
    let fraction = |percent: f64| Finite::new((percent / 100.0).min(1.0)).unwrap_or(Finite::ONE);
    let [x, y, width, height] = [x, y, width, height].map(fraction);
    // Checked last: the division can make a very small number zero.
    if width == Finite::ZERO || height == Finite::ZERO {
        return Err(ParseError::new(FIELD, EMPTY));
    }
    Ok(Region::Ratio { x, y, width, height })
}

const FIELD: &str = "region";
const USAGE: &str = "expected full, square, x,y,w,h in whole pixels, or pct:x,y,w,h";
const EMPTY: &str = "width and height must be above 0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_the_specification_are_read() {
        let pixels = |x, y, width, height| Region::Pixels { x, y, width, height };
        let ratio = |x, y, width, height| {
            let [x, y, width, height] = [x, y, width, height].map(|n| Finite::new(n).unwrap());
            Region::Ratio { x, y, width, height }
        };
        for (text, expected) in [
            ("full", Region::Full),
            ("FULL", Region::Full),
            ("square", Region::Square),
            ("125,15,120,140", pixels(125, 15, 120, 140)),
            ("0,0,4294967295,1", pixels(0, 0, u32::MAX, 1)),
            ("pct:25,50,12.5,100", ratio(0.25, 0.5, 0.125, 1.0)),
            ("pct:0,0,.5,250", ratio(0.0, 0.0, 0.005, 1.0)),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
            assert!(looks_like(text), "{text}");
        }
    }

    #[test]
    fn wrong_regions_say_why() {
        for (text, reason) in [
            ("", USAGE),
            ("x", USAGE),
            ("1,2,3", USAGE),
            ("1,2,3,4,5", USAGE),
            ("-1,0,10,10", USAGE),
            ("1.5,0,10,10", USAGE),
            ("0,0,1e2,10", USAGE),
            (" 0,0,10,10", USAGE),
            ("0,0,4294967296,10", USAGE),
            ("0,0,0,10", EMPTY),
            ("0,0,10,0", EMPTY),
            ("pct:0,0,10", USAGE),
            ("pct:0,0,NaN,10", USAGE),
            ("pct:0,0,inf,10", USAGE),
            ("pct:-1,0,10,10", USAGE),
            ("pct:0,0,0.0,10", EMPTY),
            ("pct:100,0,10,10", "begins outside of the image"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.field, &*error.reason), ("region", reason), "{text}");
        }
        // The smallest number above zero, which a hundredth rounds to zero.
        let smallest = format!("pct:0,0,0.{}5,10", "0".repeat(323));
        assert_eq!(read(&smallest).unwrap_err().reason, EMPTY);
    }
}
