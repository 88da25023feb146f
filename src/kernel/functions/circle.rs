//! sin and cos, for every f32.
//!
//! The argument is counted in quarter turns: `x 2/pi`, of which only the rest modulo 4 matters. With x = m 2^k, m a
//! whole number of 24 bits, that is m times the rest of `2^k 2/pi`: a number of which as many bits are kept for every
//! exponent as an f32 can come close to a multiple of pi / 2, so there is one way for small and for large arguments.
//! From there on in f64.

/// 2 / pi, the bits behind the point.
const TWO_BY_PI: [u64; 4] =
    [0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561];

/// By the exponent bits of an f32, `2^k 2/pi` modulo 4 as a part of 29 bits, whose product with m is exact, and the
/// next 53. NaN for infinities and NaN.
static QUARTER_TURNS: [[f64; 2]; 256] = quarter_turns();

const fn quarter_turns() -> [[f64; 2]; 256] {
    let mut turns = [[f64::NAN; 2]; 256];
    let mut exponent = 0;
    while exponent < 255 {
        let k = if exponent == 0 { -149 } else { exponent as i32 - 150 };
        // 128 bits from that of 2 on, or, where the number is smaller, from its first.
        let skipped = if k > 2 { k - 2 } else { 0 };
        let (word, bit) = (skipped as usize / 64, skipped % 64);
        let two_words = ((TWO_BY_PI[word] as u128) << 64) | TWO_BY_PI[word + 1] as u128;
        let bits = (two_words << bit) | ((TWO_BY_PI[word + 2] as u128) << bit >> 64);
        let unit = (if k < 2 { k - 2 } else { 0 }) - 126;
        let unit = f64::from_bits(((unit + 1023) as u64) << 52);
        let rest = bits & ((1 << 99) - 1);
        turns[exponent] = [(bits - rest) as f64 * unit, rest as f64 * unit];
        exponent += 1;
    }
    turns
}

/// 1.5 * 2^52: adding it to a small number leaves the nearest integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Sine, within 0.501 ulp, of every f32; infinities give NaN.
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    let sign = x.to_bits() & 0x8000_0000;
    f32::from_bits(sin_of_size(x, 0).to_bits() ^ sign)
}

/// Cosine, within 0.501 ulp, of every f32; infinities give NaN.
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    sin_of_size(x, 1)
}

/// sin(|x| + turns * pi / 2).
#[inline(always)]
fn sin_of_size(x: f32, turns: i32) -> f32 {
    let exponent = x.to_bits() >> 23 & 255;
    let [high, low] = QUARTER_TURNS[exponent as usize];
    let leading = if exponent == 0 { 0 } else { 0x0080_0000 };
    let m = f64::from((x.to_bits() & 0x007f_ffff | leading) as i32);

    let exact = m * high;
    let rounded = m.mul_add(low, exact) + ROUND;
    let quadrant = (rounded.to_bits() as i32).wrapping_add(turns);
    let r = m.mul_add(low, exact - (rounded - ROUND));

    // sin and cos of r quarter turns, |r| <= 1/2.
    let square = r * r;
    let sin = -3.556_150_902_048_962e-6_f64;
    let sin = sin.mul_add(square, 1.604_291_174_500_466_7e-4);
    let sin = sin.mul_add(square, -4.681_752_558_812_626e-3);
    let sin = sin.mul_add(square, 7.969_262_615_274_658e-2);
    let sin = sin.mul_add(square, -6.459_640_975_042_076e-1);
    let sin = sin.mul_add(square, 1.570_796_326_794_889_2) * r;
    let cos = -2.485_085_763_958_092e-5_f64;
    let cos = cos.mul_add(square, 9.191_616_788_196_521e-4);
    let cos = cos.mul_add(square, -2.086_346_799_113_846_7e-2);
    let cos = cos.mul_add(square, 2.536_695_071_528_324e-1);
    let cos = cos.mul_add(square, -1.233_700_550_120_133_2);
    let cos = cos.mul_add(square, 9.999_999_999_999_442e-1);

    let value = (if quadrant & 1 == 0 { sin } else { cos }) as f32;
    let sign = (quadrant as u32 & 2) << 30;
    f32::from_bits(value.to_bits() ^ sign)
}
