//! Randomness as a pure function of counters: nothing to save, nothing to restore.
//!
//! Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011)
//! turns a key (the seed) and a counter (what the numbers are for) into four random words.

/// What random numbers are for; each purpose has numbers of its own under the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights.
    Init = 1,
    /// The order of training windows.
    Order = 2,
    /// Outputs dropped while training.
    Dropout = 3,
    /// Which series go to train, valid and test.
    Split = 4,
    /// Made-up data.
    Data = 5,
    /// Words taken for unknown while training.
    Words = 6,
    /// Which blocks of rows a bootstrap draws.
    Bootstrap = 7,
}

/// Four random words: those of `seed`, `purpose` and `index`, alike on every machine. The second index
/// must be below 2^56, for the purpose stands above it in the counter.
pub fn bits(seed: u64, purpose: Purpose, index: [u64; 2]) -> [u32; 4] {
    assert!(index[1] >> 56 == 0, "the second index must be below 2^56");
    let [low, high] = [index[0], index[1] | (purpose as u64) << 56];
    philox([low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32], seed)
}

/// A number in [0, 1), a multiple of 2^-24, from one random word.
pub fn uniform(bits: u32) -> f32 {
    (bits >> 8) as f32 / (1 << 24) as f32
}

/// Where `index` of `0..count` goes in the shuffle of `seed` and `epoch`: a bijection on `0..count` that
/// needs no list. A Feistel network permutes the next power of four; a result beyond `count` is permuted
/// again until it lies below (cycle walking), which takes fewer than 4 rounds on average.
///
/// Panics unless `index < count`.
pub fn permute(index: u64, count: u64, seed: u64, epoch: u64) -> u64 {
    assert!(index < count, "{index} is not below {count}");
    let width = u64::BITS - (count - 1).leading_zeros();
    let half = width.div_ceil(2).max(1);
    let keys = [0, 1].map(|part| bits(seed, Purpose::Order, [epoch, part]));
    let mut place = index;
    loop {
        place = feistel(place, half, keys.as_flattened());
        if place < count {
            return place;
        }
    }
}

/// One round per key over two halves of `half` (1 to 32) bits each: whatever the round function is, the
/// whole can be undone, hence is a bijection.
fn feistel(place: u64, half: u32, keys: &[u32]) -> u64 {
    let mask = (1 << half) - 1;
    let (mut left, mut right) = (place >> half, place & mask);
    for key in keys {
        (left, right) = (right, left ^ (mix(right ^ u64::from(*key)) & mask));
    }
    left << half | right
}

/// Every bit of the input sways every bit of the output (the finaliser of SplitMix64; Steele, Lea and
/// Flood, 2014).
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Philox4x32 with 10 rounds; the multipliers and the key's increments are the paper's.
fn philox(counter: [u32; 4], key: u64) -> [u32; 4] {
    let mut words = counter;
    let mut key = [key as u32, (key >> 32) as u32];
    for _ in 0..10 {
        let a = u64::from(words[0]) * 0xd251_1f53;
        let b = u64::from(words[2]) * 0xcd9e_8d57;
        words = [
            (b >> 32) as u32 ^ words[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ words[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers of Random123 (`kat_vectors`, philox4x32 10).
    #[test]
    fn philox_gives_the_published_answers() {
        assert_eq!(philox([0; 4], 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], u64::MAX),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn every_argument_matters() {
        let base = bits(1, Purpose::Init, [2, 3]);
        assert_ne!(base, bits(2, Purpose::Init, [2, 3]));
        assert_ne!(base, bits(1 << 32, Purpose::Init, [2, 3]));
        assert_ne!(base, bits(1, Purpose::Dropout, [2, 3]));
        assert_ne!(base, bits(1, Purpose::Init, [3, 3]));
        assert_ne!(base, bits(1, Purpose::Init, [2, 1 << 40]));
    }

    #[test]
    fn uniform_stays_below_one_and_fills_the_interval() {
        assert_eq!(uniform(0), 0.0);
        assert!(uniform(u32::MAX) < 1.0);
        let numbers: Vec<f64> = (0..25_000)
            .flat_map(|i| bits(7, Purpose::Data, [i, 0]))
            .map(|word| f64::from(uniform(word)))
            .collect();
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        let square = numbers.iter().map(|x| x * x).sum::<f64>() / numbers.len() as f64;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        assert!((square - 1.0 / 3.0).abs() < 0.005, "{square}");
    }

    #[test]
    fn permute_is_a_bijection_for_every_count() {
        for count in (1..70).chain([255, 256, 257, 1000, 4096, 4097]) {
            let mut hit = vec![false; count as usize];
            for index in 0..count {
                let place = permute(index, count, 11, 3) as usize;
                assert!(!std::mem::replace(&mut hit[place], true), "{count}: {place} twice");
            }
        }
        let place = permute(u64::MAX - 1, u64::MAX, 1, 1);
        assert!(place < u64::MAX);
    }

    /// Over many epochs each index visits each place about equally often, and neighbours part.
    #[test]
    fn permute_differs_by_seed_and_epoch_and_is_even() {
        let order = |seed, epoch| -> Vec<u64> {
            (0..1000).map(|index| permute(index, 1000, seed, epoch)).collect()
        };
        assert_ne!(order(1, 0), order(2, 0));
        assert_ne!(order(1, 0), order(1, 1));

        let mut visits = [[0_u32; 7]; 7];
        let mut adjacent = 0;
        for epoch in 0..7000 {
            for index in 0..7 {
                let place = permute(index, 7, 5, epoch);
                visits[index as usize][place as usize] += 1;
                adjacent += u32::from(place + 1 == permute((index + 1) % 7, 7, 5, epoch));
            }
        }
        assert!(visits.iter().flatten().all(|&n| (850..1150).contains(&n)), "{visits:?}");
        assert!((6500..7500).contains(&adjacent), "{adjacent}: chance gives 7000");
    }
}
