//! 16 lanes in registers, for the one loop that must never leave them (see [`super::tile`]); the
//! compiler, left alone, sometimes keeps such sums in memory, ten times slower.

#![allow(unsafe_code)] // the intrinsics; sound because only `simd::run` picks a vector, by the CPU

use super::lanes::{Lanes, WIDTH};

/// 16 lanes and the two operations that are needed. Lanes do not mix, so all vectors give the same bits.
pub(super) trait Vector: Copy {
    /// Rows of a tile whose sums fit into the registers beside the operands, see [`super::tile`].
    const ROWS: usize;

    /// `x` in every lane.
    fn splat(x: f32) -> Self;
    /// From memory.
    fn load(lanes: &Lanes) -> Self;
    /// `a * b + self`, rounded once.
    fn multiply_add(self, a: Self, b: Self) -> Self;
    /// `self + other`.
    fn add(self, other: Self) -> Self;
    /// To memory.
    fn store(self, lanes: &mut Lanes);
    /// Asks for numbers that will be read soon; does nothing where the compiler has no word for that.
    fn prefetch(_numbers: &[f32]) {}
}

/// In plain Rust, for the compiler to make the best of.
impl Vector for Lanes {
    const ROWS: usize = 4;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        [x; WIDTH]
    }

    #[inline(always)]
    fn load(lanes: &Lanes) -> Self {
        *lanes
    }

    #[inline(always)]
    fn multiply_add(mut self, a: Self, b: Self) -> Self {
        for l in 0..WIDTH {
            self[l] = a[l].mul_add(b[l], self[l]);
        }
        self
    }

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for l in 0..WIDTH {
            self[l] += other[l];
        }
        self
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes) {
        *lanes = self;
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use super::{Lanes, Vector};
    use std::arch::x86_64::*;

    /// Into the second nearest cache, a line of 16 numbers at a time.
    #[inline(always)]
    fn prefetch(numbers: &[f32]) {
        for line in numbers.chunks(16) {
            // SAFETY: a hint; whatever the address, nothing is read that the program can see.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
        }
    }

    /// Two registers of AVX2; the CPU must have that and FMA.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) struct Avx2(__m256, __m256);

    impl Vector for Avx2 {
        const ROWS: usize = 6;

        #[inline(always)]
        fn splat(x: f32) -> Self {
            // SAFETY: the CPU has AVX2.
            let x = unsafe { _mm256_set1_ps(x) };
            Avx2(x, x)
        }

        #[inline(always)]
        fn load(lanes: &Lanes) -> Self {
            // SAFETY: the CPU has AVX2, and 2 x 8 lanes are there to read.
            unsafe { Avx2(_mm256_loadu_ps(lanes.as_ptr()), _mm256_loadu_ps(lanes[8..].as_ptr())) }
        }

        #[inline(always)]
        fn multiply_add(self, a: Self, b: Self) -> Self {
            // SAFETY: the CPU has FMA.
            unsafe { Avx2(_mm256_fmadd_ps(a.0, b.0, self.0), _mm256_fmadd_ps(a.1, b.1, self.1)) }
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: the CPU has AVX2.
            unsafe { Avx2(_mm256_add_ps(self.0, other.0), _mm256_add_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn prefetch(numbers: &[f32]) {
            prefetch(numbers);
        }

        #[inline(always)]
        fn store(self, lanes: &mut Lanes) {
            // SAFETY: the CPU has AVX2, and there is room for 2 x 8 lanes.
            unsafe {
                _mm256_storeu_ps(lanes.as_mut_ptr(), self.0);
                _mm256_storeu_ps(lanes[8..].as_mut_ptr(), self.1);
            }
        }
    }

    /// One register of AVX-512; the CPU must have AVX-512F.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) struct Avx512(__m512);

    impl Vector for Avx512 {
        const ROWS: usize = 8;

        #[inline(always)]
        fn splat(x: f32) -> Self {
            // SAFETY: the CPU has AVX-512F.
            Avx512(unsafe { _mm512_set1_ps(x) })
        }

        #[inline(always)]
        fn load(lanes: &Lanes) -> Self {
            // SAFETY: the CPU has AVX-512F, and 16 lanes are there to read.
            Avx512(unsafe { _mm512_loadu_ps(lanes.as_ptr()) })
        }

        #[inline(always)]
        fn multiply_add(self, a: Self, b: Self) -> Self {
            // SAFETY: the CPU has AVX-512F.
            Avx512(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: the CPU has AVX-512F.
            Avx512(unsafe { _mm512_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn prefetch(numbers: &[f32]) {
            prefetch(numbers);
        }

        #[inline(always)]
        fn store(self, lanes: &mut Lanes) {
            // SAFETY: the CPU has AVX-512F, and there is room for 16 lanes.
            unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), self.0) };
        }
    }
}
