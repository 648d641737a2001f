#![no_main]
use pyramis::codec::encode::jpeg as jpeg_encode;
libfuzzer_sys::fuzz_target!(|data: &[u8]| jpeg_encode::fuzz(data));
