#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| pyramis::protocol::zoomify::fuzz(data));
