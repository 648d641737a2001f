#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| pyramis::codec::decode::jpeg::fuzz(data));
