//! Chains that work on some rows of a picture at a time.
//!
//! Most operations make each row of one row, and scaling makes it of a few neighbours: as far as a
//! chain goes like this, a large picture needs only the rows of its source that are worked on.

use std::borrow::Cow;
use std::ops::Range;

use super::resize::Scaler;
use super::{Lookups, Op, OpError, run};
use crate::raster::{Raster, Shape};

/// The beginning of a chain: operations on rows, a scaling, operations on rows.
#[derive(Debug)]
pub struct RowChain<'a> {
    before: &'a [Op],
    scaler: Option<Scaler>,
    after: &'a [Op],
    prepared: Shape,
    output: Shape,
}

impl<'a> RowChain<'a> {
    /// As much as possible of a chain for a source of this shape, and the operations behind it.
    pub fn new(ops: &'a [Op], source: Shape) -> Result<(Self, &'a [Op]), OpError> {
        let shape_after =
            |ops: &[Op], shape: Shape| ops.iter().try_fold(shape, |shape, op| op.shape(shape));
        let (before, rest) = rowwise(ops);
        let prepared = shape_after(before, source)?;
        let mut chain = Self { before, scaler: None, after: &[], prepared, output: prepared };
        if let [op, rest @ ..] = rest
            && let Some(scaler) = Scaler::of(op, prepared)?
        {
            let (after, rest) = rowwise(rest);
            chain.output = shape_after(after, op.shape(prepared)?)?;
            (chain.scaler, chain.after) = (Some(scaler), after);
            return Ok((chain, rest));
        }
        Ok((chain, rest))
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.scaler.is_none()
    }

    /// The shape of the picture it makes.
    pub fn output(&self) -> Shape {
        self.output
    }

    /// Rows of the source that these rows of the picture depend on.
    pub fn source_rows(&self, rows: Range<u32>) -> Range<u32> {
        self.scaler.as_ref().map_or(rows.clone(), |scaler| scaler.source_rows(rows))
    }

    /// How many rows of the picture depend on nothing below so many rows of the source.
    pub fn complete(&self, rows: u32) -> u32 {
        let (mut done, mut open) = (0, self.output.height);
        while done < open {
            let middle = done + (open - done).div_ceil(2);
            if self.source_rows(middle - 1..middle).end <= rows {
                done = middle;
            } else {
                open = middle - 1;
            }
        }
        done
    }

    /// The operations on the source, up to the scaling.
    pub fn before(&self) -> &'a [Op] {
        self.before
    }

    /// The shape of so many rows of the source after [`Self::before`].
    pub fn prepared(&self, rows: u32) -> Shape {
        Shape { height: rows, ..self.prepared }
    }

    /// Rows of the picture, made of prepared rows of the source, which begin with row `first`.
    pub fn rows<'r>(
        &self,
        prepared: &'r Raster,
        first: u32,
        rows: Range<u32>,
        lookups: &Lookups,
    ) -> Result<Cow<'r, Raster>, OpError> {
        let Some(scaler) = &self.scaler else { return Ok(Cow::Borrowed(prepared)) };
        let made = scaler.rows(prepared, first, rows)?;
        if self.after.is_empty() {
            return Ok(Cow::Owned(made));
        }
        Ok(Cow::Owned(run::<OpError>(self.after, &made, lookups, || Ok(()))?.into_owned()))
    }
}

/// The operations up to the first that needs more than one row for a row.
fn rowwise(ops: &[Op]) -> (&[Op], &[Op]) {
    ops.split_at(ops.iter().take_while(|op| is_rowwise(op)).count())
}

/// Whether each row of the result, and its shape, follow from the same row of the input alone.
fn is_rowwise(op: &Op) -> bool {
    match op {
        Op::Bands(_)
        | Op::Colormap(_)
        | Op::Contrast(_)
        | Op::Curve(_)
        | Op::Equalize(_)
        | Op::Flip
        | Op::Gray
        | Op::Invert
        | Op::Normalize { .. }
        | Op::Quantize { .. }
        | Op::Scale8(_)
        | Op::Shade { .. }
        | Op::Srgb(_)
        | Op::Straighten { .. }
        | Op::Threshold(_)
        | Op::Twist(_) => true,
        Op::Convolve { .. }
        | Op::Relief { .. }
        | Op::Resize { .. }
        | Op::Rotate { .. }
        | Op::Trim
        | Op::Turn(_)
        | Op::Watermark { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_raster, noise, rgb};
    use super::super::{Filter, Part};
    use super::*;
    use crate::command::Finite;
    use crate::raster::{Alpha, Window};

    fn resize(shape: Shape, width: u32, height: u32) -> Op {
        let part = Part::whole(shape.width, shape.height);
        Op::Resize { part, width, height, filter: Filter::Antialias }
    }

    fn cut(raster: &Raster, rows: Range<u32>) -> Raster {
        let width = raster.shape().width;
        raster.crop(Window { x: 0, y: rows.start, width, height: rows.end - rows.start }).unwrap()
    }

    #[test]
    fn a_chain_is_cut_where_it_needs_the_whole_picture() {
        let shape = rgb(4, 4, &[0; 48]).shape();
        let ops = [Op::Flip, resize(shape, 2, 2), Op::Gray, Op::Turn(1), Op::Flip];
        let (chain, rest) = RowChain::new(&ops, shape).unwrap();
        assert_eq!(chain.before(), [Op::Flip]);
        assert_eq!(chain.after, [Op::Gray]);
        assert_eq!(rest, [Op::Turn(1), Op::Flip]);
        assert_eq!((chain.output().width, chain.output().channels), (2, 1));
        assert!(RowChain::new(&ops[3..], shape).unwrap().0.is_empty());
        // Whether alpha is needed is known at the end.
        assert!(RowChain::new(&[Op::Trim], shape).unwrap().0.is_empty());
        // Other filters take the whole picture.
        let part = Part::whole(4, 4);
        let nearest = Op::Resize { part, width: 2, height: 2, filter: Filter::Nearest };
        let ops = [nearest];
        assert_eq!(RowChain::new(&ops, shape).unwrap().1, ops);
    }

    #[test]
    fn rows_depend_on_few_rows() {
        let shape = noise(rgb(1, 1, &[0; 3]).shape().resized(8, 1000), 1).shape();
        let ops = [resize(shape, 4, 500)];
        let (chain, _) = RowChain::new(&ops, shape).unwrap();
        let rows = chain.source_rows(100..200);
        assert!(rows.start <= 198 && rows.end >= 402, "{rows:?}");
        assert!(rows.start >= 190 && rows.end <= 410, "{rows:?}");
        assert_eq!(chain.source_rows(0..500), 0..1000);
        for rows in [0, 1, 2, 17, 500, 999, 1000] {
            let complete = chain.complete(rows);
            assert!(complete == 0 || chain.source_rows(0..complete).end <= rows);
            assert!(complete == 500 || chain.source_rows(0..complete + 1).end > rows);
        }
    }

    proptest! {
        /// However a picture is cut, it is the same; what the library scales, but for the last bit
        /// of its fixed-point weights.
        #[test]
        fn rows_are_those_of_the_whole(
            input in any_raster(40),
            (width, height) in (1..60_u32, 1..60_u32),
            (top, left) in (0.0..0.4, 0.0..0.4),
            cut_at in 0.0..1.0,
        ) {
            let (shape, samples) = input.into_parts();
            // Colours that are weighed by a small alpha may differ by more than a bit.
            let shape = Shape { alpha: Alpha::None, ..shape };
            let input = Raster::new(shape, samples).unwrap();
            let side = |start: f64, length: u32| {
                let length = f64::from(length);
                let finite = |value| Finite::new(value).unwrap();
                (finite(start * length), finite((1.0 - start) * length))
            };
            let ((x, w), (y, h)) = (side(left, shape.width), side(top, shape.height));
            let part = Part { x, y, width: w, height: h };
            let ops = [Op::Resize { part, width, height, filter: Filter::Antialias }, Op::Flip];
            let lookups = Lookups::default();
            let whole = run::<OpError>(&ops, &input, &lookups, || Ok(())).unwrap();
            let (chain, rest) = RowChain::new(&ops, shape).unwrap();
            prop_assert!(rest.is_empty());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let middle = (f64::from(height) * cut_at) as u32;
            for rows in [0..middle, middle..height] {
                if rows.is_empty() {
                    continue;
                }
                let source = chain.source_rows(rows.clone());
                let prepared = cut(&input, source.clone());
                let made = chain.rows(&prepared, source.start, rows.clone(), &lookups).unwrap();
                let expected = cut(&whole, rows);
                prop_assert_eq!(made.shape(), expected.shape());
                let pairs = made.as_u8().unwrap().iter().zip(expected.as_u8().unwrap());
                let own = chain.scaler.as_ref().is_some_and(Scaler::is_exact);
                for (made, expected) in pairs {
                    prop_assert!(made.abs_diff(*expected) <= u8::from(!own));
                }
            }
        }
    }
}
