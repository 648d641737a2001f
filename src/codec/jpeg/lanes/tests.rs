use super::{Lanes, Portable};

/// What each set of instructions does, on numbers at the ends of their ranges too.
#[test]
fn instructions_agree() {
    #[cfg(target_arch = "aarch64")]
    let special = pulp::aarch64::Neon::try_new();
    #[cfg(target_arch = "x86_64")]
    let special = pulp::x86::V3::try_new();
    let Some(special) = special else { return };
    let mut seed = 7_u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match seed >> 29 {
            0 => i16::MIN,
            1 => i16::MAX,
            2 => 0,
            _ => seed.to_le_bytes()[1..3].try_into().map_or(0, i16::from_le_bytes),
        }
    };
    for _ in 0..1000 {
        let rows: [[i16; 16]; 8] = std::array::from_fn(|_| std::array::from_fn(|_| next()));
        assert_eq!(results(special, &rows), results(Portable, &rows));
    }
}

/// All operations on some numbers.
fn results<L: Lanes>(lanes: L, rows: &[[i16; 16]; 8]) -> (Vec<[i16; 16]>, Vec<u8>, u64) {
    let stored = |numbers| {
        let mut to = [0; 16];
        lanes.store(numbers, &mut to);
        to
    };
    let [a, b] = [lanes.load(&rows[0]), lanes.load(&rows[1])];
    let bytes: Vec<u8> = rows.as_flattened().iter().map(|number| number.to_le_bytes()[0]).collect();
    let (mut low, mut high) = ([0; 8], [0; 8]);
    lanes.store_halves(a, &mut low, &mut high);
    let mut all = vec![
        stored(lanes.load_twice(rows[0].first_chunk().expect("is longer"))),
        stored(lanes.splat(rows[0][0])),
        stored(lanes.add(a, b)),
        stored(lanes.sub(a, b)),
        stored(lanes.mul_round(a, b)),
        stored(lanes.mul_floor(a, b)),
        stored(lanes.shift::<3>(a)),
        stored(lanes.add_pairs(a, b)),
        stored(lanes.load_halves(&low, &high)),
        stored(lanes.mul(a, b)),
        stored(lanes.widen(bytes.first_chunk().expect("is longer"))),
        stored(lanes.gray(bytes.first_chunk().expect("is longer"))),
        bytemuck::cast([low, high]),
    ];
    all.extend(lanes.transpose(rows.map(|row| lanes.load(&row))).map(stored));
    all.extend(lanes.rgb(bytes.first_chunk().expect("is longer")).map(stored));
    all.extend(lanes.interleave(a, b).map(stored));
    let [c, d] = [lanes.load(&rows[2]), lanes.load(&rows[3])];
    let wide = lanes.pairs(a, b).map(|pairs| lanes.mul_pairs(pairs, [rows[4][0], rows[4][1]]));
    let other = lanes.pairs(c, d).map(|pairs| lanes.mul_pairs(pairs, [rows[4][2], rows[4][3]]));
    let number = lanes.splat_wide(i32::from(rows[4][4]) << 8);
    let sums = [0, 1].map(|half: usize| lanes.add_wide(wide[half], other[half]));
    let differences = sums.map(|sum| lanes.sub_wide(sum, number));
    all.extend([lanes.narrow::<3>(sums), lanes.narrow::<16>(differences)].map(stored));
    let mut pixels = [0; 48];
    lanes.store_rgb([a, b, c], &mut pixels);
    let bytes = [lanes.samples([a, b]).as_flattened(), &pixels].concat();
    let block = rows.as_flattened().first_chunk().expect("is longer");
    (all, bytes, lanes.nonzero(block))
}
