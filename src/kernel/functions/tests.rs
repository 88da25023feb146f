use super::*;
use crate::kernel::at_each_level;

type Function = fn(f32) -> f32;

/// Every `step`th f32.
fn arguments(step: usize) -> impl Iterator<Item = f32> {
    (0..=u32::MAX).step_by(step).map(f32::from_bits)
}

/// Miri is a thousand times slower: it takes fewer.
const SOME: usize = if cfg!(miri) { 16_000_057 } else { 257 };

#[test]
fn the_ends_are_exact() {
    let infinite = f32::INFINITY;
    assert_eq!((exp(0.0), exp(-infinite), exp(infinite)), (1.0, 0.0, infinite));
    assert_eq!((exp(-104.5), exp(89.5)), (0.0, infinite));
    assert_eq!((sigmoid(0.0), sigmoid(-infinite), sigmoid(infinite)), (0.5, 0.0, 1.0));
    assert_eq!((tanh(-infinite), tanh(infinite)), (-1.0, 1.0));
    assert_eq!(tanh(-0.0).to_bits(), (-0.0_f32).to_bits());
    assert_eq!(tanh(1e-40), 1e-40);
    assert_eq!((ln(1.0).to_bits(), ln(0.0), ln(-0.0)), (0, -infinite, -infinite));
    assert_eq!(ln(infinite), infinite);
    assert!(ln(-1.0).is_nan() && ln(-infinite).is_nan() && ln(-1e-40).is_nan());
    assert_eq!((sin(0.0).to_bits(), sin(-0.0).to_bits()), (0, (-0.0_f32).to_bits()));
    assert_eq!((cos(0.0), cos(-0.0), sin(1e-40), sin(-1e-40)), (1.0, 1.0, 1e-40, -1e-40));
    for function in [exp, sigmoid, tanh, ln, sin, cos] {
        assert!(function(f32::NAN).is_nan());
    }
    for function in [sin, cos] {
        assert!(function(infinite).is_nan() && function(-infinite).is_nan());
    }
}

#[test]
fn values_stay_in_range() {
    for x in arguments(SOME * 4 - 7).filter(|x| !x.is_nan()) {
        assert!(tanh(x).abs() <= 1.0 && (0.0..=1.0).contains(&sigmoid(x)), "{x:e}");
        assert_eq!(tanh(-x), -tanh(x), "{x:e}");
        if x.is_finite() {
            assert!(sin(x).abs() <= 1.0 && cos(x).abs() <= 1.0, "{x:e}");
            assert_eq!((sin(-x), cos(-x)), (-sin(x), cos(x)), "{x:e}");
        }
    }
}

/// Vectorised for any instruction set a function gives the bits it gives alone.
#[test]
fn lanes_give_the_same_bits_at_each_level() {
    let arguments: Vec<f32> = arguments(if cfg!(miri) { SOME } else { 65_535 }).collect();
    assert_ne!(arguments.len() % 16, 0, "some are left over");
    macro_rules! check {
        ($($function:ident),*) => {$(
            let at_levels = at_each_level(|| {
                let mut values = arguments.clone();
                apply($function, &mut values);
                values
            });
            for (level, values) in at_levels.iter().enumerate() {
                for (x, y) in arguments.iter().zip(values) {
                    let alone = $function(*x);
                    let same = y.to_bits() == alone.to_bits() || y.is_nan() && alone.is_nan();
                    assert!(same, "{}({x:e}), level {level}", stringify!($function));
                }
            }
        )*};
    }
    check!(exp, sigmoid, tanh, ln, sin, cos);
}

/// The bits themselves: what another machine or compiler must give too (FNV-1a over a million values
/// of each). A change here changes every trained model; it belongs into the changelog.
#[test]
#[cfg_attr(miri, ignore = "a million values")]
fn bits_are_these() {
    let hash = |function: Function| {
        let values = arguments(4099).map(function).filter(|y| !y.is_nan());
        values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, y| {
            (hash ^ u64::from(y.to_bits())).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let ours = [exp, sigmoid, tanh, ln, sin, cos].map(hash);
    let known = [
        0xdee5_362a_0b8b_8b9e,
        0x2d16_0f79_4d7e_f43e,
        0xf75f_f166_2064_b040,
        0x0270_2bea_0da5_00b3,
        0x07a2_c83b_1218_fe02,
        0xd199_dea6_fe0d_730c,
    ];
    assert!(ours == known, "{ours:#x?}");
}
