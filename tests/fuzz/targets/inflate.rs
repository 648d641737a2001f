#![no_main]
use pyramis::codec::decode::tiff::inflate;
libfuzzer_sys::fuzz_target!(|data: &[u8]| inflate::fuzz(data));
