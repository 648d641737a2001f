#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| pyramis::codec::decode::jp2::fuzz(data));
