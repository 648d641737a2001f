//! The calls to `OpenJPEG`. Nothing else in the decoder is `unsafe`.
//!
//! A codec lives for one call, on one thread. It sees a file only through a [`Stream`].
#![expect(unsafe_code, reason = "OpenJPEG is a library of C")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::{Mutex, PoisonError};

use openjpeg_sys as opj;

use super::stream::{BUFFER, Stream};
use crate::codec::DecodeError;

/// What to decode.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    /// Left and right edge on the reference grid.
    pub(super) x: (i32, i32),
    /// Upper and lower edge.
    pub(super) y: (i32, i32),
    /// Wavelet levels to leave out.
    pub(super) reduce: u8,
    /// Quality layers to use; 0 is all of them.
    pub(super) layers: u16,
    /// Threads that may help.
    pub(super) helpers: usize,
    /// The components wanted; all of them when `None`.
    pub(super) components: Option<&'a [u32]>,
}

/// Decoded components.
#[derive(Debug)]
pub(super) struct Picture(NonNull<opj::opj_image_t>);

/// One decoded component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Samples<'a> {
    pub(super) width: usize,
    /// Row by row.
    pub(super) data: &'a [i32],
}

/// Decodes a part of an image.
pub(super) fn decode(
    mut stream: Stream<'_>,
    request: &Request<'_>,
) -> Result<Picture, DecodeError> {
    let messages = Messages::default();
    let picture = run(&mut stream, request, &messages);
    if let Some(error) = stream.into_error() {
        return Err(error.into());
    }
    picture.ok_or_else(|| {
        let first = messages.first.into_inner().unwrap_or_else(PoisonError::into_inner);
        let what = first.as_deref().unwrap_or("no reason is given");
        DecodeError::Malformed(format!("its codestream cannot be decoded: {what}"))
    })
}

fn run(stream: &mut Stream<'_>, request: &Request<'_>, messages: &Messages) -> Option<Picture> {
    let input = Input::new(stream)?;
    let codec = Codec::new(messages)?;
    // SAFETY: the parameters are initialised by the library before they are read.
    let mut parameters = unsafe {
        let mut parameters = MaybeUninit::<opj::opj_dparameters_t>::zeroed();
        opj::opj_set_default_decoder_parameters(parameters.as_mut_ptr());
        parameters.assume_init()
    };
    parameters.cp_reduce = request.reduce.into();
    parameters.cp_layer = request.layers.into();
    let helpers = c_int::try_from(request.helpers).unwrap_or(HELPERS).min(HELPERS);
    // The calling thread waits while others decode.
    let threads = if helpers == 0 { 0 } else { 1 + helpers };
    // SAFETY: codec and stream are alive and belong to this call; the parameters are only read.
    let header = unsafe {
        if opj::opj_setup_decoder(codec.raw, &raw mut parameters) == 0
            || opj::opj_decoder_set_strict_mode(codec.raw, 0) == 0
        {
            return None;
        }
        // Without threads, for whatever reason, it does all by itself.
        let _ = opj::opj_codec_set_threads(codec.raw, threads);
        let mut image = ptr::null_mut();
        let read = opj::opj_read_header(input.raw, codec.raw, &raw mut image);
        let picture = NonNull::new(image).map(Picture);
        if read == 0 { None } else { picture }
    };
    let picture = header?;
    if let Some(components) = request.components {
        let count = u32::try_from(components.len()).ok()?;
        // SAFETY: the library copies `count` numbers and checks each of them.
        let set =
            unsafe { opj::opj_set_decoded_components(codec.raw, count, components.as_ptr(), 0) };
        if set == 0 {
            return None;
        }
    }
    let ((x0, x1), (y0, y1)) = (request.x, request.y);
    let image = picture.0.as_ptr();
    // SAFETY: codec, stream and image are alive and belong to this call.
    let decoded = unsafe {
        opj::opj_set_decode_area(codec.raw, image, x0, y0, x1, y1) != 0
            && opj::opj_decode(codec.raw, input.raw, image) != 0
    };
    decoded.then_some(picture)
}

impl Picture {
    /// A component, by its place among those asked for; `None` when it has no samples.
    pub(super) fn component(&self, index: usize) -> Option<Samples<'_>> {
        // SAFETY: the image is alive until `self` is dropped, and has `numcomps` components.
        let component = unsafe {
            let image = self.0.as_ref();
            if image.comps.is_null() || index >= image.numcomps as usize {
                return None;
            }
            &*image.comps.add(index)
        };
        let (width, height) = (component.w as usize, component.h as usize);
        let count = width.checked_mul(height)?;
        if component.data.is_null() || count == 0 || count > isize::MAX as usize / 4 {
            return None;
        }
        // SAFETY: the library allocates `w * h` samples for a component that has data, and nobody
        // changes them while the image is borrowed.
        let data = unsafe { slice::from_raw_parts(component.data, count) };
        Some(Samples { width, data })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the image came from the library and is destroyed once.
        unsafe { opj::opj_image_destroy(self.0.as_ptr()) };
    }
}

/// A decoder, and where its messages go.
struct Codec<'m> {
    raw: *mut opj::opj_codec_t,
    messages: PhantomData<&'m Messages>,
}

impl<'m> Codec<'m> {
    fn new(messages: &'m Messages) -> Option<Self> {
        let data = ptr::from_ref(messages).cast_mut().cast();
        // SAFETY: the codec is alive; the messages live longer than it does, as `'m` says.
        unsafe {
            let raw = opj::opj_create_decompress(opj::CODEC_FORMAT::OPJ_CODEC_J2K);
            if raw.is_null() {
                return None;
            }
            opj::opj_set_error_handler(raw, Some(keep_message), data);
            Some(Self { raw, messages: PhantomData })
        }
    }
}

impl Drop for Codec<'_> {
    fn drop(&mut self) {
        // SAFETY: the codec came from the library and is destroyed once.
        unsafe { opj::opj_destroy_codec(self.raw) };
    }
}

/// The library's side of a stream.
struct Input<'s> {
    raw: *mut opj::opj_stream_t,
    stream: PhantomData<&'s mut ()>,
}

impl<'s> Input<'s> {
    fn new(stream: &'s mut Stream<'_>) -> Option<Self> {
        let length = stream.len();
        let data = ptr::from_mut(stream).cast();
        // SAFETY: the stream is alive while `Self` is, as `'s` says, and the library reaches it
        // only through the functions that are given here, with the type they expect.
        unsafe {
            let raw = opj::opj_stream_create(BUFFER, 1);
            if raw.is_null() {
                return None;
            }
            opj::opj_stream_set_read_function(raw, Some(read));
            opj::opj_stream_set_skip_function(raw, Some(skip));
            opj::opj_stream_set_seek_function(raw, Some(seek));
            opj::opj_stream_set_user_data(raw, data, None);
            opj::opj_stream_set_user_data_length(raw, length);
            Some(Self { raw, stream: PhantomData })
        }
    }
}

impl Drop for Input<'_> {
    fn drop(&mut self) {
        // SAFETY: the stream came from the library and is destroyed once.
        unsafe { opj::opj_stream_destroy(self.raw) };
    }
}

/// What the library had to say.
#[derive(Default)]
struct Messages {
    first: Mutex<Option<String>>,
}

/// Keeps the first message: those behind it follow from it.
unsafe extern "C" fn keep_message(text: *const c_char, data: *mut c_void) {
    let keep = || {
        if text.is_null() {
            return;
        }
        // SAFETY: the library hands over a text that ends, and the messages it was given; threads
        // of its own may do so at the same time.
        let (text, messages) = unsafe { (CStr::from_ptr(text), &*data.cast::<Messages>()) };
        let mut first = messages.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| text.to_string_lossy().trim().to_owned());
    };
    // A panic must not reach C.
    let _ = catch_unwind(AssertUnwindSafe(keep));
}

unsafe extern "C" fn read(buffer: *mut c_void, count: usize, data: *mut c_void) -> usize {
    let read = || {
        if count == 0 {
            return None;
        }
        // SAFETY: the library hands over a buffer of `count` bytes and the stream it was given.
        // Bytes of the buffer may never have been written, so that is done first.
        let (buffer, stream) = unsafe {
            ptr::write_bytes(buffer.cast::<u8>(), 0, count);
            (slice::from_raw_parts_mut(buffer.cast::<u8>(), count), &mut *data.cast::<Stream<'_>>())
        };
        stream.read(buffer)
    };
    // The end of a stream is -1.
    catch_unwind(AssertUnwindSafe(read)).ok().flatten().unwrap_or(usize::MAX)
}

unsafe extern "C" fn skip(count: i64, data: *mut c_void) -> i64 {
    let skip = || {
        let count = u64::try_from(count).ok()?;
        // SAFETY: the library hands over the stream it was given.
        let stream = unsafe { &mut *data.cast::<Stream<'_>>() };
        i64::try_from(stream.skip(count)).ok().filter(|skipped| *skipped > 0)
    };
    catch_unwind(AssertUnwindSafe(skip)).ok().flatten().unwrap_or(-1)
}

unsafe extern "C" fn seek(place: i64, data: *mut c_void) -> c_int {
    let seek = || {
        let place = u64::try_from(place).ok()?;
        // SAFETY: the library hands over the stream it was given.
        let stream = unsafe { &mut *data.cast::<Stream<'_>>() };
        Some(stream.seek(place))
    };
    catch_unwind(AssertUnwindSafe(seek)).ok().flatten().unwrap_or(false).into()
}

/// Most threads that help: each is started for one picture and takes its memory.
const HELPERS: c_int = 7;
