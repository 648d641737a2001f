//! What is known of a request while it is read.

use super::commands::COMMANDS;
use crate::command::{
    Action, Adjust, Angle, ColorMode, Command, Depth, Excess, Fact, Fit, Format, ImageRef, Orient,
    Output, Refusal, Region, Size, TiffCompression, Upscale, View,
};
use crate::http::Request;
use crate::protocol::{Documents, ParseError, Parsed};

/// A request as far as it was read: what each command leaves behind for the next ones.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    /// The request, for protocols spoken inside IIP.
    pub(super) request: &'a Request<'a>,
    /// Settings, for protocols spoken inside IIP.
    pub(super) settings: &'a Documents,
    /// The image named last.
    pub(super) image: Option<Box<str>>,
    /// View of a sequence or stack.
    pub(super) angle: Option<Angle>,
    /// Width of the box for a region, 0 for none.
    pub(super) width: u32,
    /// Height of the box for a region, 0 for none.
    pub(super) height: u32,
    pub(super) region: Region,
    pub(super) orient: Orient,
    pub(super) color: ColorMode,
    pub(super) adjust: Vec<Adjust>,
    pub(super) layers: Option<i32>,
    pub(super) quality: Option<i32>,
    pub(super) compression: Option<TiffCompression>,
    pub(super) depth: Depth,
    /// Objects asked for.
    facts: Vec<Fact>,
    /// Something to say was found, even if it has no text.
    asked: bool,
    /// The answer is settled; nothing after it is read.
    answer: Option<Parsed>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(request: &'a Request<'a>, settings: &'a Documents) -> Self {
        Self {
            request,
            settings,
            image: None,
            angle: None,
            width: 0,
            height: 0,
            region: Region::Full,
            orient: Orient::default(),
            color: ColorMode::Native,
            adjust: Vec::new(),
            layers: None,
            quality: None,
            compression: None,
            depth: Depth::default(),
            facts: Vec::new(),
            asked: false,
            answer: None,
        }
    }

    /// Reads one command. `true` once the answer is settled.
    pub(super) fn read(&mut self, name: &str, argument: &str) -> Result<bool, ParseError> {
        match COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name)) {
            Some(command) => (command.apply)(self, argument)?,
            None => self.refuse(Refusal::UnknownCommand(name.into())),
        }
        Ok(self.answer.is_some())
    }

    /// The request as a whole. `input` is quoted when it asked for nothing.
    pub(super) fn finish(mut self, input: &str) -> Parsed {
        if let Some(answer) = self.answer {
            return answer;
        }
        if !self.asked {
            self.facts.push(Fact::Refused(Refusal::NothingAsked(input.into())));
        }
        let image = self.image.map(|name| ImageRef { name, angle: self.angle });
        Parsed::Command(Command { image, action: Action::Describe(self.facts) })
    }

    /// Adds an object to tell. Each is told once: a short request cannot ask for a long text many
    /// times.
    pub(super) fn tell(&mut self, fact: Fact) {
        self.asked = true;
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    /// Adds an error line. Commands that follow are still read.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.asked = true;
        self.facts.push(Fact::Refused(refusal));
    }

    /// Stops reading: `object`, or a sending command with an empty name, needs an image.
    pub(super) fn refuse_without_image(&mut self, object: &str) {
        self.refuse(Refusal::NoImage(object.into()));
        let action = Action::Describe(std::mem::take(&mut self.facts));
        self.settle(Parsed::Command(Command { image: None, action }));
    }

    /// Settles the answer: this action on the image named before.
    pub(super) fn send(&mut self, action: Action) {
        match self.image.clone() {
            Some(name) => {
                let image = Some(ImageRef { name, angle: self.angle });
                self.settle(Parsed::Command(Command { image, action }));
            }
            None => self.refuse_without_image(""),
        }
    }

    /// Settles the answer.
    pub(super) fn settle(&mut self, answer: Parsed) {
        self.answer = Some(answer);
    }

    /// Replaces the adjustments for which `same` holds by another one, or by none.
    pub(super) fn replace(&mut self, same: fn(&Adjust) -> bool, adjust: Option<Adjust>) {
        self.adjust.retain(|other| !same(other));
        self.adjust.extend(adjust);
    }

    /// Whether rotation exchanges width and height.
    pub(super) fn turned(&self) -> bool {
        let degrees = self.orient.degrees;
        degrees == 90.into() || degrees == 270.into()
    }

    /// A tile in this format, as the modifiers want it.
    pub(super) fn tile_view(&self, format: Format) -> View {
        View {
            orient: self.orient,
            color: self.color,
            adjust: self.adjust.clone(),
            layers: self.layers,
            output: Output {
                format,
                quality: self.quality,
                compression: self.compression,
                depth: self.depth,
            },
            ..View::whole(format)
        }
    }

    /// A region in this format, as the modifiers want it. Two sides are a box around the answer.
    pub(super) fn region_view(&self, format: Format) -> View {
        let fit = match (self.width, self.height) {
            (0, 0) => Fit::Natural,
            (width, 0) => Fit::Width(width),
            (0, height) => Fit::Height(height),
            (width, height) => Fit::Within { width, height },
        };
        let size = Size { fit, upscale: Upscale::Allow, excess: Excess::Shrink };
        View { region: self.region, size, ..self.tile_view(format) }
    }
}
