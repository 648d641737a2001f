use super::{Decoder, Error, Event, Limits};

/// Asserts what holds for any bytes a peer may send: the events are the same however the bytes are
/// cut, and memory stays within the limits.
///
/// The first byte says how many events an answer takes, so that both idle and busy connections
/// are tried.
///
/// # Panics
///
/// When one of these does not hold.
pub fn fuzz(data: &[u8]) {
    let Some((&pace, wire)) = data.split_first() else { return };
    let pace = usize::from(pace % 4);
    let whole = events(wire, pace, std::iter::repeat(wire.len()));
    assert_eq!(whole, events(wire, pace, std::iter::repeat(1)), "byte by byte");
    assert_eq!(whole, events(wire, pace, cuts(data)), "cut anywhere");
}

/// Events of a connection that is read in pieces of these sizes, and how it ended.
fn events(
    mut wire: &[u8],
    pace: usize,
    mut sizes: impl Iterator<Item = usize>,
) -> (Vec<Event>, Option<Error>) {
    let limits = Limits { params: 300, body: 100, connections: 1 };
    let mut decoder = Decoder::new(limits);
    let mut events = Vec::new();
    let mut answered_at = None;
    while !wire.is_empty() {
        let size = sizes.next().unwrap_or(1).clamp(1, wire.len());
        let (piece, rest) = wire.split_at_checked(size).unwrap_or((wire, &[]));
        decoder.buffer().extend_from_slice(piece);
        wire = rest;
        loop {
            match decoder.event() {
                Err(error) => {
                    assert_eq!(decoder.event(), Err(error), "an error stays");
                    return (events, Some(error));
                }
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Event::Request(_) | Event::Refused { .. } = event {
                        assert_eq!(answered_at, None, "one request at a time");
                        answered_at = Some(events.len() + pace);
                    }
                    if let Event::Request(request) = &event {
                        assert!(request.body.len() <= limits.body);
                    }
                    events.push(event);
                    if answered_at.is_some_and(|at| events.len() > at) {
                        answered_at = None;
                        decoder.finished();
                    }
                }
            }
        }
        assert!(decoder.held() < RECORD + limits.params + limits.body, "memory is bounded");
    }
    (events, None)
}

/// Sizes between 1 and 40 that follow from the data, so that a failure can be repeated.
fn cuts(data: &[u8]) -> impl Iterator<Item = usize> {
    let mut state = data.iter().fold(0_u32, |sum, &byte| sum.rotate_left(5) ^ u32::from(byte));
    std::iter::from_fn(move || {
        // Numerical Recipes' linear congruential generator; its high bits are the good ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).ok().map(|size| 1 + size % 40)
    })
}

/// Header and content of the longest record.
const RECORD: usize = 8 + 65535;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn record(kind: u8, id: u8, content: &[u8], padding: u8) -> Vec<u8> {
        let [len1, len0] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let header = [1, kind, 0, id, len1, len0, padding, 0];
        [&header, content, &vec![0; usize::from(padding)]].concat()
    }

    /// Records of a request whose streams are cut and padded somehow, some over the limits.
    fn request() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let value = prop::collection::vec(any::<u8>(), 0..127);
        let body = prop::collection::vec(any::<u8>(), 0..120);
        (1..4_u8, any::<u8>(), 1..4_u8, value, body, 1..200_usize, 0..9_u8).prop_map(
            |(id, flags, pairs, value, body, cut, padding)| {
                let length = u8::try_from(value.len()).unwrap();
                let params = [&[1, length, b'N'], &value[..]].concat().repeat(pairs.into());
                let begin = record(1, id, &[0, 1, flags, 0, 0, 0, 0, 0], padding);
                let stream = |kind, value: &[u8]| -> Vec<Vec<u8>> {
                    let parts = value.chunks(cut).chain([&b""[..]]);
                    parts.map(|part| record(kind, id, part, padding)).collect()
                };
                [vec![begin], stream(4, &params), stream(5, &body)].concat()
            },
        )
    }

    /// One record of any kind for any of a few requests.
    fn stray() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let content = prop_oneof![
            Just(vec![]),
            Just(vec![0, 2, 0, 0, 0, 0, 0, 0]),
            Just(b"\x0e\0FCGI_MAX_CONNS".to_vec()),
            prop::collection::vec(any::<u8>(), 0..400),
        ];
        let kind = prop_oneof![Just(2_u8), Just(9), any::<u8>()];
        (kind, 0..4_u8, content, any::<u8>())
            .prop_map(|(kind, id, content, padding)| vec![record(kind, id, &content, padding)])
    }

    /// Mostly legal traffic, so that all states of a connection are reached, with a record now
    /// and then where it does not belong.
    fn traffic() -> impl Strategy<Value = Vec<u8>> {
        let requests = prop::collection::vec(prop_oneof![3 => request(), 1 => stray()], 1..8);
        let strays = prop::collection::vec((any::<prop::sample::Index>(), stray()), 0..3);
        (requests, strays).prop_map(|(requests, strays)| {
            let mut records = requests.concat();
            for (index, stray) in strays {
                let place = index.index(records.len());
                records.splice(place..place, stray);
            }
            records.concat()
        })
    }

    proptest! {
        #[test]
        fn traffic_means_the_same_however_it_is_cut(pace: u8, wire in traffic()) {
            super::fuzz(&[vec![pace], wire].concat());
        }

        #[test]
        fn any_bytes_are_safe(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::fuzz(&data);
        }
    }
}
