use super::super::tags::unsupported;
use crate::codec::DecodeError;
use crate::raster::SampleType;

/// What a sample in the file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) struct Stored {
    /// Its type.
    pub(in super::super) kind: Kind,
    /// Bits that count.
    pub(in super::super) bits: u16,
}

/// Type of a stored sample (TIFF 6.0, section 19).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Kind {
    /// IEEE 754.
    Float,
    /// Integers with a sign.
    Signed,
    /// Integers without a sign, and what old writers call undefined.
    Unsigned,
}

impl Stored {
    /// The sample of a `SampleFormat` and `BitsPerSample`, or a sentence why it cannot be read.
    pub(in super::super) fn new(format: u64, bits: u64) -> Result<Self, DecodeError> {
        let (kind, name) = match format {
            1 | 4 => (Kind::Unsigned, "unsigned"),
            2 => (Kind::Signed, "signed"),
            3 => (Kind::Float, "floating point"),
            5 | 6 => {
                return unsupported(
                    "complex samples are not supported; \
                     convert the file to real numbers, such as their magnitude",
                );
            }
            _ => return unsupported(format!("sample format {format} is not supported")),
        };
        let known = match kind {
            Kind::Float => matches!(bits, 16 | 24 | 32 | 64),
            Kind::Signed => matches!(bits, 8 | 16 | 24 | 32 | 64),
            Kind::Unsigned => matches!(bits, 1..=32 | 64),
        };
        match u16::try_from(bits) {
            Ok(bits) if known => Ok(Self { kind, bits }),
            _ => unsupported(format!("{name} samples of {bits} bits are not supported")),
        }
    }

    /// Words for messages: "8-bit", "16-bit signed".
    pub(in super::super) fn name(self) -> String {
        let kind = match self.kind {
            Kind::Float => " floating point",
            Kind::Signed => " signed",
            Kind::Unsigned => "",
        };
        format!("{}-bit{kind}", self.bits)
    }

    /// Type of the decoded sample.
    pub(in super::super) fn sample(self) -> SampleType {
        match (self.kind, self.bits) {
            (Kind::Unsigned, ..=8) => SampleType::U8,
            (Kind::Unsigned, 9..=16) => SampleType::U16,
            (Kind::Unsigned, 17..=32) => SampleType::U32,
            _ => SampleType::F32,
        }
    }

    /// Whether it is a floating point number.
    pub(in super::super) fn is_float(self) -> bool {
        self.kind == Kind::Float
    }

    /// Highest decoded value of samples that are integers.
    pub(in super::super) fn most(self) -> u32 {
        match self.sample() {
            SampleType::U8 => 255,
            SampleType::F32 | SampleType::U16 | SampleType::U32 => {
                u32::MAX >> 32_u16.saturating_sub(self.bits)
            }
        }
    }

    /// A number of the file as it is decoded; `None` when no sample can have this value.
    pub(in super::super) fn decoded(self, number: f64) -> Option<f64> {
        let sample = self.sample();
        if sample == SampleType::F32 {
            return Some(number);
        }
        let highest = f64::from(u32::MAX >> 32_u16.saturating_sub(self.bits));
        if number.fract() != 0.0 || !(0.0..=highest).contains(&number) {
            return None;
        }
        if sample == SampleType::U8 {
            // Bits are repeated: the lowest value becomes 0, the highest 255.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the number is a whole one from 0 to 255"
            )]
            return Some(f64::from(self.spread(number as u8)));
        }
        Some(number)
    }

    /// A value of at most 8 bits over the whole range of 8 bits, by repeating its bits.
    pub(in super::super) fn spread(self, value: u8) -> u8 {
        let mut filled = u32::from(self.bits.clamp(1, 8));
        let mut spread = u32::from(value) << (8 - filled);
        while filled < 8 {
            spread |= spread >> filled;
            filled *= 2;
        }
        u8::try_from(spread & 0xff).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_repeated() {
        let spread = |bits, value| Stored { kind: Kind::Unsigned, bits }.spread(value);
        // Behaviour specification, 7.3.
        assert_eq!([0, 1].map(|value| spread(1, value)), [0, 255]);
        assert_eq!([0, 1, 2, 3].map(|value| spread(2, value)), [0, 85, 170, 255]);
        assert_eq!([0, 1, 9, 15].map(|value| spread(4, value)), [0, 0x11, 0x99, 0xff]);
        assert_eq!([0, 33, 63].map(|value| spread(6, value)), [0, 33 << 2 | 33 >> 4, 255]);
        assert_eq!([0b101, 0b111].map(|value| spread(3, value)), [0b1011_0110, 255]);
        assert_eq!(spread(7, 127), 255);
        assert_eq!(spread(8, 200), 200);
    }

    #[test]
    fn samples_become_the_smallest_type_that_holds_them() {
        for (format, bits, sample) in [
            (1, 1, SampleType::U8),
            (1, 8, SampleType::U8),
            (4, 8, SampleType::U8),
            (1, 9, SampleType::U16),
            (1, 16, SampleType::U16),
            (1, 24, SampleType::U32),
            (1, 32, SampleType::U32),
            (1, 64, SampleType::F32),
            (2, 8, SampleType::F32),
            (2, 64, SampleType::F32),
            (3, 16, SampleType::F32),
        ] {
            assert_eq!(Stored::new(format, bits).unwrap().sample(), sample);
        }
        for (format, bits) in [(1, 0), (1, 33), (1, 1 << 40), (2, 12), (3, 8), (5, 32), (6, 64)] {
            assert!(matches!(Stored::new(format, bits), Err(DecodeError::Unsupported(_))));
        }
    }

    #[test]
    fn numbers_beyond_the_samples_stand_for_none() {
        let byte = Stored::new(1, 8).unwrap();
        assert_eq!(byte.decoded(200.0), Some(200.0));
        assert_eq!(byte.decoded(-9999.0), None);
        assert_eq!(byte.decoded(0.5), None);
        assert_eq!(byte.decoded(f64::NAN), None);
        assert_eq!(Stored::new(1, 2).unwrap().decoded(1.0), Some(85.0));
        assert_eq!(Stored::new(1, 12).unwrap().decoded(4095.0), Some(4095.0));
        assert_eq!(Stored::new(1, 12).unwrap().decoded(4096.0), None);
        assert_eq!(Stored::new(2, 16).unwrap().decoded(-9999.0), Some(-9999.0));
        assert!(Stored::new(3, 32).unwrap().decoded(f64::NAN).unwrap().is_nan());
    }
}
