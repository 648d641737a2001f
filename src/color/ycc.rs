//! Luma and colour differences to RGB.

/// Conversion of interleaved YCbCr to RGB (TIFF 6.0, section 21).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YCbCr {
    /// Code of black, and codes per full scale, of Y, Cb and Cr.
    codes: [(f32, f32); 3],
    /// Parts of red, green and blue in Y.
    luma: [f32; 3],
}

impl YCbCr {
    /// `None` when the numbers make no sense. The defaults are those of the standard.
    #[expect(clippy::cast_possible_truncation, reason = "single precision is enough for 8 bits")]
    #[must_use]
    pub fn new(luma: Option<&[f64]>, reference: Option<&[f64]>) -> Option<Self> {
        let default = Self::default();
        let luma = match luma {
            None => default.luma,
            Some(&[red, green, blue]) => [red as f32, green as f32, blue as f32],
            Some(_) => return None,
        };
        let codes = match reference {
            None => default.codes,
            Some(&[y0, y1, cb0, cb1, cr0, cr1]) => {
                // Full scale is 255 for luma and 127 for the differences.
                let range = |black: f64, white: f64, full: f64| {
                    (black as f32, ((white - black) / full) as f32)
                };
                [range(y0, y1, 255.0), range(cb0, cb1, 127.0), range(cr0, cr1, 127.0)]
            }
            Some(_) => return None,
        };
        let usable = |value: f32| value.is_finite() && value > 0.0;
        let usable = luma.iter().copied().all(usable)
            && codes.iter().all(|(black, scale)| black.is_finite() && usable(*scale));
        usable.then_some(Self { codes, luma })
    }

    /// The same of samples of so many bits, up to 16: the code of no difference is half of the scale.
    #[must_use]
    pub fn of_bits(bits: u8) -> Self {
        let middle = 2.0_f32.powi(i32::from(bits) - 1);
        Self { codes: [(0.0, 1.0), (middle, 1.0), (middle, 1.0)], ..Self::default() }
    }

    /// Converts interleaved samples in place.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion of a float to an integer saturates"
    )]
    pub fn to_rgb(self, pixels: &mut [u8]) {
        let (pixels, _) = pixels.as_chunks_mut::<3>();
        for pixel in pixels {
            *pixel = self.rgb(pixel.map(f32::from)).map(|value| (value + 0.5) as u8);
        }
    }

    /// The same of deeper samples, none of which becomes larger than `most`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion of a float to an integer saturates"
    )]
    pub fn to_rgb_from_16(self, pixels: &mut [u16], most: u16) {
        let (pixels, _) = pixels.as_chunks_mut::<3>();
        for pixel in pixels {
            let rgb = self.rgb(pixel.map(f32::from));
            *pixel = rgb.map(|value| ((value + 0.5) as u16).min(most));
        }
    }

    /// Red, green and blue of a pixel.
    fn rgb(&self, pixel: [f32; 3]) -> [f32; 3] {
        let [red_part, green_part, blue_part] = self.luma;
        let mut value = [0.0; 3];
        for ((value, sample), (black, scale)) in value.iter_mut().zip(pixel).zip(self.codes) {
            *value = (sample - black) / scale;
        }
        let [y, cb, cr] = value;
        let red = y + cr * (2.0 - 2.0 * red_part);
        let blue = y + cb * (2.0 - 2.0 * blue_part);
        let green = (y - red_part * red - blue_part * blue) / green_part;
        [red, green, blue]
    }
}

impl Default for YCbCr {
    /// CCIR 601-1 without head-room, as in JFIF.
    fn default() -> Self {
        Self { codes: [(0.0, 1.0), (128.0, 1.0), (128.0, 1.0)], luma: [0.299, 0.587, 0.114] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(ycbcr: YCbCr, mut pixel: [u8; 3]) -> [u8; 3] {
        ycbcr.to_rgb(&mut pixel);
        pixel
    }

    #[test]
    fn ycbcr_of_jfif_becomes_rgb() {
        // R = Y + 1.402 Cr', G = Y - 0.344 Cb' - 0.714 Cr', B = Y + 1.772 Cb'
        let default = YCbCr::default();
        assert_eq!(rgb(default, [0, 128, 128]), [0, 0, 0]);
        assert_eq!(rgb(default, [255, 128, 128]), [255, 255, 255]);
        assert_eq!(rgb(default, [76, 85, 255]), [254, 0, 0]);
        assert_eq!(rgb(default, [150, 44, 21]), [0, 255, 1]);
        assert_eq!(rgb(default, [100, 148, 108]), [72, 107, 135]);
    }

    #[test]
    fn deep_samples_have_their_own_middle() {
        let mut pixels = [
            [0, 32768, 32768],
            [65535, 32768, 32768],
            // 25700 + 1.402 * -5140, and so on.
            [25700, 32768 + 5140, 32768 - 5140],
        ];
        YCbCr::of_bits(16).to_rgb_from_16(pixels.as_flattened_mut(), u16::MAX);
        assert_eq!(pixels, [[0; 3], [65535; 3], [18494, 27602, 34808]]);
        let mut pixel = [4095, 2048 + 1000, 2048];
        YCbCr::of_bits(12).to_rgb_from_16(&mut pixel, 4095);
        assert_eq!(pixel, [4095, 3751, 4095]);
    }

    #[test]
    fn studio_range_is_spread() {
        // CCIR 601: black is 16, white 235, and differences are 128 +- 112.
        let reference = [16.0, 235.0, 128.0, 240.0, 128.0, 240.0];
        let studio = YCbCr::new(None, Some(&reference)).unwrap();
        assert_eq!(rgb(studio, [16, 128, 128]), [0, 0, 0]);
        assert_eq!(rgb(studio, [235, 128, 128]), [255, 255, 255]);
    }

    #[test]
    fn senseless_numbers_are_refused() {
        assert!(YCbCr::new(Some(&[0.3, 0.0, 0.1]), None).is_none());
        assert!(YCbCr::new(Some(&[0.3, 0.6]), None).is_none());
        assert!(YCbCr::new(Some(&[f64::NAN; 3]), None).is_none());
        assert!(YCbCr::new(None, Some(&[0.0; 6])).is_none());
    }
}
