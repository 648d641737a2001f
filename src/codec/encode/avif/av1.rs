//! One still picture as AV1, by rav1e.

use rav1e::color::{
    ChromaSampling, ColorDescription, ColorPrimaries, MatrixCoefficients, PixelRange,
    TransferCharacteristics,
};
use rav1e::config::SpeedSettings;
use rav1e::prelude::{
    Config, Context, EncoderConfig, EncoderStatus, FrameType, InvalidConfig, SceneDetectionSpeed,
    Tune,
};

use super::Description;
use super::planes::{Chroma, Planes};

/// Why a picture was not coded.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    #[error(transparent)]
    Encoder(#[from] EncoderStatus),
}

/// The level that sets no bounds: the number that says so (AV1, A.3).
pub(super) const LEVEL: u8 = 31;

/// Codes the planes as one key frame with its sequence header.
pub(super) fn encode(
    planes: &Planes,
    quantizer: u8,
    description: Description,
) -> Result<Vec<u8>, Error> {
    let mut context: Context<u8> = config(planes, quantizer, description).new_context()?;
    let mut frame = context.new_frame();
    for (plane, (samples, stride)) in frame.planes.iter_mut().zip(&planes.samples) {
        plane.copy_from_raw_u8(samples, *stride, 1);
    }
    context.send_frame(frame)?;
    context.flush();
    let mut coded = Vec::new();
    loop {
        match context.receive_packet() {
            Ok(packet) if packet.frame_type == FrameType::KEY => coded.extend(packet.data),
            Ok(_) | Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => return Ok(coded),
            Err(error) => return Err(error.into()),
        }
    }
}

fn config(planes: &Planes, quantizer: u8, description: Description) -> Config {
    let [width, height] = planes.size;
    let chroma_sampling = match planes.chroma {
        Chroma::Full => ChromaSampling::Cs444,
        Chroma::Halved => ChromaSampling::Cs420,
        Chroma::None => ChromaSampling::Cs400,
    };
    let is_srgb = description.primaries == 1;
    let color_description = ColorDescription {
        color_primaries: if is_srgb { ColorPrimaries::BT709 } else { ColorPrimaries::Unspecified },
        transfer_characteristics: if is_srgb {
            TransferCharacteristics::SRGB
        } else {
            TransferCharacteristics::Unspecified
        },
        matrix_coefficients: match description.matrix {
            0 => MatrixCoefficients::Identity,
            _ => MatrixCoefficients::BT601,
        },
    };
    let mut speed_settings = SpeedSettings::from_preset(SPEED);
    // Searches and filters that double the time of a tile for nothing that is measured.
    speed_settings.cdef = false;
    speed_settings.prediction.fine_directional_intra = false;
    // There is nothing to look ahead for.
    speed_settings.rdo_lookahead_frames = 1;
    speed_settings.scene_detection_mode = SceneDetectionSpeed::None;
    let encoder = EncoderConfig {
        width,
        height,
        chroma_sampling,
        pixel_range: PixelRange::Full,
        color_description: Some(color_description),
        still_picture: true,
        quantizer: quantizer.into(),
        min_quantizer: quantizer,
        level_idx: Some(LEVEL),
        speed_settings,
        tune: Tune::Psnr,
        ..EncoderConfig::default()
    };
    Config::new().with_encoder_config(encoder)
}

/// The fastest: a picture is made while its viewer waits (behaviour specification, 11).
const SPEED: u8 = 10;
